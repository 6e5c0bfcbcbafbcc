package fold

import (
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
)

// An account that many buyers share gets a reference that no order has, whichever view of it
// wins, so that the orders that name it belong to nobody.
func TestOneTimeAccountsAreNobodysKey(t *testing.T) {
	party := func(file, role string, derived bool) schemas.Party {
		return schemas.Party{Meta: schemas.Meta{Namespace: "erp", Object: "customer", Key: "9999", File: file, Derived: derived}, Kind: schemas.Organization, Role: role}
	}
	own, narrow, order := party("a", schemas.RoleOneTime, false), party("b", schemas.RoleBuyer, false), party("c", schemas.RoleBuyer, true)
	for _, versions := range [][]schemas.Party{{own}, {own, order}, {order, own}, {narrow, own, order}, {order, narrow, own}} {
		winner, _ := Parties(versions)
		if winner.Reference() != "erp:one_time_account:9999" {
			t.Errorf("the reference is %s", winner.Reference())
		}
	}
	if winner, _ := Parties([]schemas.Party{narrow, order}); winner.Reference() != "erp:customer:9999" {
		t.Errorf("the reference of a plain account is %s", winner.Reference())
	}
}
