package subject

import (
	"reflect"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/audiences"
	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// source is a table or kind of record that may hold something on a person.
type source struct {
	name   string
	gather func(*gatherer) (Table, error)
}

// of is a table whose rows are the person's where mine says so. keys are the columns that mine
// looks at: parts without a row of the person are read no further. cut takes out of a row what
// is about somebody else; optional.
func of[T any](name string, keys []string, mine func(*person, *T) bool, cut func(*person, *T)) source {
	return source{name, func(g *gatherer) (Table, error) {
		t := Table{Name: name, Label: labelOf(name), Rows: []Row{}}
		for _, path := range g.paths(name) {
			found := false
			if err := warehouse.Read(g.ctx, path, keys, func(rows []T) error {
				found = found || slices.ContainsFunc(rows, func(row T) bool { return mine(&g.who, &row) })
				return nil
			}); err != nil {
				return t, err
			}
			if !found {
				continue
			}
			if err := warehouse.Read(g.ctx, path, nil, func(rows []T) error {
				for i := range rows {
					if mine(&g.who, &rows[i]) {
						if cut != nil {
							cut(&g.who, &rows[i])
						}
						t.Rows = append(t.Rows, rowOf(reflect.ValueOf(&rows[i]).Elem()))
					}
				}
				return nil
			}); err != nil {
				return t, err
			}
		}
		return t, nil
	}}
}

// byCustomer is a table with a column customer_id.
func byCustomer[T any](name string) source {
	field, ok := reflect.TypeFor[T]().FieldByName("CustomerID")
	if !ok {
		panic("subject: table " + name + " has no customer_id")
	}
	mine := func(who *person, row *T) bool {
		return reflect.ValueOf(row).Elem().FieldByIndex(field.Index).String() == who.id
	}
	return of(name, []string{"customer_id"}, mine, nil)
}

// byReference is a kind of record whose reference of a customer, by name of its column, is one
// of the person's.
func byReference[T any](kind string, reference func(*T) string) source {
	return of("records/"+kind, []string{"customer_ref"}, func(who *person, row *T) bool { return who.references[reference(row)] }, nil)
}

// metaColumns make the reference of a record.
var metaColumns = []string{"namespace", "object", "key"}

// sources list everything that may hold something on a person, most telling first. A table or
// kind of record that is missing here fails the test of this package.
var sources = []source{
	byCustomer[schemas.Customer]("customers"),
	byCustomer[schemas.CustomerRFM]("customer_rfm"),
	byCustomer[schemas.CustomerCLV]("customer_clv"),
	byCustomer[schemas.CustomerChurn]("customer_churn"),
	byCustomer[schemas.CustomerSegment]("customer_segment"),
	byCustomer[schemas.CustomerTier]("customer_tier"),
	byCustomer[schemas.CustomerHistory]("customer_history"),
	byCustomer[schemas.CustomerAction]("customer_action"),
	byCustomer[schemas.NextBestProduct]("next_best_product"),
	byCustomer[schemas.CustomerBehaviour]("customer_behaviour"),
	byCustomer[schemas.ConsentRow]("consents"),
	byCustomer[schemas.AudienceMember]("audience_member"),
	byCustomer[audiences.Told](audiences.ToldTable),
	byCustomer[customers.Exposed](customers.ExposedTable),
	byCustomer[schemas.OrderRow]("orders"),
	byCustomer[schemas.OrderLineRow]("order_lines"),
	of("order_link", []string{"order_key"}, func(who *person, r *schemas.OrderLink) bool { return who.orders[r.OrderKey] }, nil),
	byCustomer[schemas.OpportunityRow]("opportunities"),
	byCustomer[schemas.SubscriptionRow]("subscriptions"),
	byCustomer[schemas.LoyaltyEventRow]("loyalty_events"),
	byCustomer[schemas.TraitRow]("traits"),
	byCustomer[schemas.InteractionRow]("interactions"),
	of("restricted/interaction_text", []string{"interaction_key"}, func(who *person, r *schemas.InteractionText) bool { return who.interactions[r.Key] }, nil),
	byCustomer[schemas.Touchpoint]("touchpoints"),
	byCustomer[schemas.Feedback]("feedback"),
	of("customer_relation", []string{"from_customer_id", "to_customer_id"}, func(who *person, r *schemas.CustomerRelation) bool {
		return r.From == who.id || r.To == who.id
	}, func(who *person, r *schemas.CustomerRelation) {
		if r.From != who.id {
			r.From = another
		}
		if r.To != who.id {
			r.To = another
		}
	}),
	byCustomer[schemas.IdentityMap]("identity_map"),
	of("identity_link", []string{"left_ref", "right_ref"}, func(who *person, r *schemas.IdentityLink) bool {
		return who.references[r.LeftRef] && who.references[r.RightRef]
	}, nil),
	of("identity_event", []string{"customer_id", "other_customer_id"}, func(who *person, r *schemas.IdentityEvent) bool {
		return r.CustomerID == who.id || r.OtherCustomerID == who.id
	}, nil),
	byCustomer[schemas.CustomerIDRedirect]("customer_id_redirect"),

	of("records/"+schemas.KindParty, metaColumns, func(who *person, r *schemas.Party) bool { return who.references[r.Reference()] }, nil),
	byReference(schemas.KindTrait, func(r *schemas.Trait) string { return r.CustomerRef }),
	byReference(schemas.KindOrder, func(r *schemas.Order) string { return r.CustomerRef }),
	of("records/"+schemas.KindOrderLine, []string{"namespace", "order_object", "order_id"}, func(who *person, r *schemas.OrderLine) bool {
		return who.orders[r.Namespace+":"+r.OrderObject+":"+r.OrderID]
	}, nil),
	byReference(schemas.KindOpportunity, func(r *schemas.Opportunity) string { return r.CustomerRef }),
	byReference(schemas.KindSubscription, func(r *schemas.Subscription) string { return r.CustomerRef }),
	byReference(schemas.KindLoyaltyEvent, func(r *schemas.LoyaltyEvent) string { return r.CustomerRef }),
	byReference(schemas.KindInteraction, func(r *schemas.Interaction) string { return r.CustomerRef }),
	byReference(schemas.KindBehaviour, func(r *schemas.Behaviour) string { return r.CustomerRef }),
	of("records/"+schemas.KindConsent, []string{"customer_ref", "identifier_type", "identifier"}, func(who *person, r *schemas.Consent) bool {
		return who.references[r.CustomerRef] || who.identifiers[[2]string{r.IdentifierType, r.Identifier}]
	}, nil),
}

// another stands for another customer, whose id is none of the person's business.
const another = "(another customer)"

// nobodys are the tables and kinds of records that hold nothing on one person, and those that
// hold the same as another or what is about two persons at a time, each with the reason.
var nobodys = map[string]string{
	"identity_conflict": "holds values of two persons", "identity_review": "holds values of two persons",
	"products": "names nobody", "product_affinity": "names nobody", "segment_summary": "names nobody", "segment_migration": "names nobody",
	"intervention_effect": "names nobody", "churn_driver": "names nobody", "pain_point": "names nobody", "channel_need": "names nobody",
	"owner_performance": "names employees", "cohort_retention": "names nobody", "channel_performance": "names nobody", "kpi": "names nobody",
	"feedback_summary": "names nobody", "journey_path": "names nobody", "audience": "names nobody", "model_run": "names nobody", "reject": "belongs to nobody",
	"data_quality": "names nobody", "run_log": "names nobody", "revenue_reconciliation": "names nobody", "dim_date": "names nobody", "dim_channel": "names nobody",
}
