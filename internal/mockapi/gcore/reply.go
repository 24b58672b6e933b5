package gcore

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// ErrorShape is how the body of a 400 says what is wrong. Gcore documents the first; the others are seen in the
// e-mail, invitation and login calls of the same API.
type ErrorShape int

const (
	// ErrorFieldLists is {"errors": {"company": ["…"]}}.
	ErrorFieldLists ErrorShape = iota
	// ErrorFieldStrings is {"errors": {"company": "…"}}.
	ErrorFieldStrings
	// ErrorObjects is [{"errors": {"company": "…"}}].
	ErrorObjects
	// ErrorList is ["…"].
	ErrorList
	// ErrorMessage is {"message": "…"}.
	ErrorMessage
	// ErrorNested is {"errors": {"errors": ["…"]}}.
	ErrorNested
)

// reply is a status and the value of its JSON body; a nil body is an empty one.
type reply struct {
	status int
	body   any
}

type object = map[string]any

func (r reply) write(w http.ResponseWriter) {
	if r.body == nil {
		if r.status >= http.StatusBadRequest {
			w.Header().Set("Content-Type", "text/plain")
		}
		w.WriteHeader(r.status)
		return
	}
	body, err := json.Marshal(r.body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	_, _ = w.Write(body)
}

// denied answers 401, 403 and 404.
func (m *Mock) denied(status int, message string) reply {
	if m.options.BareDenials {
		return reply{status: status}
	}
	return reply{status, object{"message": message}}
}

func (m *Mock) forbidden() reply {
	return m.denied(http.StatusForbidden, "You do not have permission to perform this action.")
}

func (m *Mock) notFound() reply { return m.denied(http.StatusNotFound, "Not found.") }

// fieldErrors holds messages by the request's field.
type fieldErrors map[string][]string

func (e fieldErrors) add(field, message string) { e[field] = append(e[field], message) }

// refuse answers 400 in the shape that is set.
func (m *Mock) refuse(errs fieldErrors) reply {
	var all []string
	first := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(errs)) {
		all = append(all, errs[field]...)
		first[field] = errs[field][0]
	}
	var body any
	switch m.options.Errors {
	case ErrorFieldStrings:
		body = object{"errors": first}
	case ErrorObjects:
		body = []object{{"errors": first}}
	case ErrorList:
		body = all
	case ErrorMessage:
		body = object{"message": all[0]}
	case ErrorNested:
		body = object{"errors": object{"errors": all}}
	default:
		body = object{"errors": errs}
	}
	return reply{http.StatusBadRequest, body}
}

// integer writes n as a field of type integer.
func integer(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// number spells n as a field of type number.
func (m *Mock) number(n int64) json.Number {
	switch m.options.Numbers {
	case NumberFraction:
		return json.Number(strconv.FormatInt(n, 10) + ".0")
	case NumberExponent:
		return json.Number(strconv.FormatFloat(float64(n), 'e', -1, 64))
	default:
		return integer(n)
	}
}
