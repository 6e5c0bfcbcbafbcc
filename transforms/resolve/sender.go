package resolve

import "github.com/tributary-cdp/tributary/transforms/normalize"

// accountsCompared bounds the work on a number that very many accounts of a shop show. It is
// nobody's then.
const accountsCompared = 100

// withoutSenders leaves out accounts of a shop that have sent something to the holder of a
// phone number: a shop shows the recipient alone, so that both accounts show one name and
// number. The number is the account's that shows it most; of several that are level it is
// nobody's. Members stay in order.
func withoutSenders(members []Member) []Member {
	type account struct {
		member *Member
		name   normalize.Name
		sender bool
	}
	var accounts []account
	for i := range members {
		if m := &members[i]; m.Account != "" && len(accounts) <= accountsCompared {
			accounts = append(accounts, account{m, normalize.ParseName(m.FullName, m.Given, m.Family), false})
		}
	}
	if len(accounts) < 2 {
		return members
	}
	crowd := len(accounts) > accountsCompared
	senders := map[uint32]bool{}
	for i := range accounts {
		for j := range i {
			a, b := &accounts[i], &accounts[j]
			if crowd || a.member.Account != b.member.Account || compareNames(a.name, b.name, RulePhone) == normalize.Contradict {
				continue
			}
			if a.member.Shown <= b.member.Shown {
				senders[a.member.Ordinal] = true
			}
			if b.member.Shown <= a.member.Shown {
				senders[b.member.Ordinal] = true
			}
		}
	}
	var out []Member
	for _, m := range members {
		if !senders[m.Ordinal] && !(crowd && m.Account != "") {
			out = append(out, m)
		}
	}
	return out
}
