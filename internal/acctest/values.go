package acctest

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Values are attributes as a test writes them: string, bool, int, float64, []any, map[string]any for objects and maps,
// nil and [Unknown]. Numbers that come back are int where they are whole, else float64.
type Values = map[string]any

// Unknown is a value that will be known after apply.
var Unknown = unknown{}

type unknown struct{}

// encode turns a test's value into one of Terraform's. Attributes that an object leaves out are null.
func encode(kind tftypes.Type, value any) (tftypes.Value, error) {
	switch v := value.(type) {
	case nil:
		return tftypes.NewValue(kind, nil), nil
	case unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue), nil
	case int:
		value = big.NewFloat(float64(v))
	case []string:
		var elements []any
		for _, s := range v {
			elements = append(elements, s)
		}
		return encode(kind, elements)
	case []any:
		return encodeList(kind, v)
	case map[string]any:
		return encodeMap(kind, v)
	}
	if err := tftypes.ValidateValue(kind, value); err != nil {
		return tftypes.Value{}, err
	}
	return tftypes.NewValue(kind, value), nil
}

func encodeList(kind tftypes.Type, elements []any) (tftypes.Value, error) {
	var element tftypes.Type
	switch k := kind.(type) {
	case tftypes.List:
		element = k.ElementType
	case tftypes.Set:
		element = k.ElementType
	default:
		return tftypes.Value{}, fmt.Errorf("a list stands where %s belongs", kind)
	}
	out := []tftypes.Value{}
	for i, e := range elements {
		v, err := encode(element, e)
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("[%d]: %w", i, err)
		}
		out = append(out, v)
	}
	return tftypes.NewValue(kind, out), nil
}

func encodeMap(kind tftypes.Type, members map[string]any) (tftypes.Value, error) {
	types := map[string]tftypes.Type{}
	switch k := kind.(type) {
	case tftypes.Map:
		for name := range members {
			types[name] = k.ElementType
		}
	case tftypes.Object:
		types = k.AttributeTypes
	default:
		return tftypes.Value{}, fmt.Errorf("an object stands where %s belongs", kind)
	}
	for name := range members {
		if types[name] == nil {
			return tftypes.Value{}, fmt.Errorf("there is no attribute %s", name)
		}
	}
	out := map[string]tftypes.Value{}
	for name, t := range types {
		v, err := encode(t, members[name])
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = v
	}
	return tftypes.NewValue(kind, out), nil
}

// decode is the way back from encode.
func decode(value tftypes.Value) any {
	if !value.IsKnown() {
		return Unknown
	}
	if value.IsNull() {
		return nil
	}
	switch {
	case value.Type().Is(tftypes.String):
		return as[string](value)
	case value.Type().Is(tftypes.Bool):
		return as[bool](value)
	case value.Type().Is(tftypes.Number):
		number := as[big.Float](value)
		if whole, accuracy := number.Int64(); accuracy == big.Exact {
			return int(whole)
		}
		fraction, _ := number.Float64()
		return fraction
	case isList(value):
		list := []any{}
		for _, element := range as[[]tftypes.Value](value) {
			list = append(list, decode(element))
		}
		return list
	}
	object := Values{}
	for name, member := range as[map[string]tftypes.Value](value) {
		object[name] = decode(member)
	}
	return object
}

func isList(value tftypes.Value) bool {
	switch value.Type().(type) {
	case tftypes.List, tftypes.Set:
		return true
	}
	return false
}

// as unpacks a value whose type has been looked at. Lists and maps are the value's own: copy them before a change.
func as[T any](value tftypes.Value) T {
	var out T
	if value.IsNull() || !value.IsKnown() {
		return out
	}
	if err := value.As(&out); err != nil {
		panic(err)
	}
	return out
}

// propose is the new state that Terraform proposes to a provider: the configuration, and the prior value of what the
// provider computes where the configuration says nothing.
func propose(attributes []*tfprotov6.SchemaAttribute, prior, config tftypes.Value) tftypes.Value {
	was, is := as[map[string]tftypes.Value](prior), as[map[string]tftypes.Value](config)
	out := map[string]tftypes.Value{}
	for _, a := range attributes {
		old, ok := was[a.Name]
		if !ok {
			old = tftypes.NewValue(a.ValueType(), nil)
		}
		out[a.Name] = proposeOne(a, old, is[a.Name])
	}
	return tftypes.NewValue(config.Type(), out)
}

func proposeOne(a *tfprotov6.SchemaAttribute, prior, config tftypes.Value) tftypes.Value {
	switch {
	case a.WriteOnly:
		return tftypes.NewValue(a.ValueType(), nil)
	case config.IsNull() && a.Computed:
		return prior
	case a.NestedType == nil, config.IsNull(), !config.IsKnown():
		return config
	}
	if a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle {
		return propose(a.NestedType.Attributes, prior, config)
	}
	if isList(config) {
		was, is := as[[]tftypes.Value](prior), slices.Clone(as[[]tftypes.Value](config))
		for i := range is {
			old := tftypes.NewValue(is[i].Type(), nil)
			if i < len(was) {
				old = was[i]
			}
			if is[i].IsKnown() && !is[i].IsNull() {
				is[i] = propose(a.NestedType.Attributes, old, is[i])
			}
		}
		return tftypes.NewValue(config.Type(), is)
	}
	was, is := as[map[string]tftypes.Value](prior), maps.Clone(as[map[string]tftypes.Value](config))
	for name := range is {
		old, ok := was[name]
		if !ok {
			old = tftypes.NewValue(is[name].Type(), nil)
		}
		is[name] = propose(a.NestedType.Attributes, old, is[name])
	}
	return tftypes.NewValue(config.Type(), is)
}

// invalidPlan says what Terraform would refuse in a plan: a value that neither the configuration nor the state has, of
// an attribute that the provider doesn't compute. "" means that the plan is valid.
func invalidPlan(attributes []*tfprotov6.SchemaAttribute, prior, config, planned tftypes.Value) string {
	was, is, will := as[map[string]tftypes.Value](prior), as[map[string]tftypes.Value](config), as[map[string]tftypes.Value](planned)
	for _, a := range attributes {
		old, ok := was[a.Name]
		keeps := ok && will[a.Name].Equal(old)
		switch {
		case a.WriteOnly && !will[a.Name].IsNull():
			return a.Name + " is write-only, and the plan holds it"
		case a.WriteOnly, a.Computed && is[a.Name].IsNull(), a.NestedType != nil, keeps:
		case !will[a.Name].Equal(is[a.Name]):
			return fmt.Sprintf("%s is planned as %v, which neither configuration nor state says", a.Name, decode(will[a.Name]))
		}
	}
	return ""
}

// inconsistent tells where a result differs from its plan: every value that was planned must come out. "" means nowhere.
func inconsistent(planned, result tftypes.Value) string {
	switch {
	case !planned.IsKnown():
		return ""
	case planned.IsNull() != result.IsNull():
		return fmt.Sprintf(": planned %v, got %v", decode(planned), decode(result))
	case planned.IsNull():
		return ""
	case isList(planned):
		want, got := as[[]tftypes.Value](planned), as[[]tftypes.Value](result)
		if len(want) != len(got) {
			return fmt.Sprintf(": planned %d elements, got %d", len(want), len(got))
		}
		for i := range want {
			if where := inconsistent(want[i], got[i]); where != "" {
				return fmt.Sprintf("[%d]%s", i, where)
			}
		}
		return ""
	case planned.Type().Is(tftypes.Object{}), planned.Type().Is(tftypes.Map{}):
		want, got := as[map[string]tftypes.Value](planned), as[map[string]tftypes.Value](result)
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if where := inconsistent(want[name], got[name]); where != "" {
				return "." + name + where
			}
		}
		return ""
	case !planned.Equal(result):
		return fmt.Sprintf(": planned %v, got %v", decode(planned), decode(result))
	}
	return ""
}
