package resolve

import "github.com/tributary-cdp/tributary/transforms/normalize"

// accountsCompared bounds the work on a number that very many accounts of a shop show. It is
// nobody's then.
const accountsCompared = 100

// withoutSenders leaves out accounts of a shop that have sent something to the holder of a
// phone number, and those that are known by the recipient of one order alone, who may be
// somebody else. Members stay in order; what is left out is added to senders.
func withoutSenders(members []Member, senders []uint32) ([]Member, []uint32) {
	found, crowd := sendersOf(members)
	var own []Member
	for _, m := range members {
		switch {
		case found[m.Ordinal] || crowd && m.Account != "":
			senders = append(senders, m.Ordinal)
		case m.Account != "" && m.Shown <= 1:
		default:
			own = append(own, m)
		}
	}
	return own, senders
}

// sendersOf finds the accounts of a shop that have sent something to the holder of a phone
// number: a shop shows the recipient alone, so that both accounts show one name and number.
// The number is the account's that shows it most; of several that are level it is nobody's.
// crowd tells that so many accounts show it that it is nobody's.
func sendersOf(members []Member) (senders map[uint32]bool, crowd bool) {
	type account struct {
		member *Member
		name   normalize.Name
	}
	var accounts []account
	for i := range members {
		if m := &members[i]; m.Account != "" && len(accounts) <= accountsCompared {
			accounts = append(accounts, account{m, normalize.ParseName(m.FullName, m.Given, m.Family)})
		}
	}
	if len(accounts) < 2 {
		return nil, false
	}
	senders = map[uint32]bool{}
	if len(accounts) > accountsCompared {
		return senders, true
	}
	for i := range accounts {
		for j := range i {
			a, b := &accounts[i], &accounts[j]
			if a.member.Account != b.member.Account || compareNames(a.name, b.name, RulePhone) == normalize.Contradict {
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
	return senders, false
}
