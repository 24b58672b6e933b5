package softwareone

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// problems are messages by member, such as externalId or address.country.
type problems map[string][]string

func (p problems) add(member, format string, args ...any) {
	p[member] = append(p[member], fmt.Sprintf(format, args...))
}

// sections of RFC 9110 that the vendor links in its problem details.
var sections = map[int]string{400: "15.5.1", 401: "15.5.2", 403: "15.5.4", 404: "15.5.5", 405: "15.5.6", 409: "15.5.10", 415: "15.5.16"}

// refuse answers with problem details (RFC 9457).
func (m *Mock) refuse(status int, detail string, p problems) reply {
	body := map[string]any{
		"type":  "https://tools.ietf.org/html/rfc9110#section-" + sections[status],
		"title": http.StatusText(status), "status": status,
		"traceId": fmt.Sprintf("00-%016x%016x-%016x-00", m.random.Uint64(), m.random.Uint64(), m.random.Uint64()),
	}
	if detail != "" {
		body["detail"] = detail
	}
	switch {
	case len(p) == 0:
	case m.options.ErrorsAsList:
		var list []map[string]any
		for _, member := range slices.Sorted(maps.Keys(p)) {
			for _, message := range p[member] {
				list = append(list, map[string]any{"message": message, "properties": []string{member}})
			}
		}
		body["errors"] = list
	default:
		body["errors"] = p
	}
	return reply{status, body}
}

func (m *Mock) refuseFields(p problems) reply {
	return m.refuse(http.StatusBadRequest, "One or more validation errors occurred.", p)
}

// refuseQuery answers to a query that can't be read.
func (m *Mock) refuseQuery(err error) reply {
	return m.refuseFields(problems{"mistake": {err.Error()}})
}

// reply is a status and the value of its JSON body.
type reply struct {
	status int
	body   map[string]any
}

func (r reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(r.status)
	_, _ = w.Write(encode(r.body))
}
