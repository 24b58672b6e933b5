package createonce

import "sync"

// IDs are the ids that creates have returned, and the creates that have returned none yet. The zero value has none; a nil
// *IDs takes any id.
type IDs struct {
	mu      sync.Mutex
	claimed map[string]bool
	pending map[*create]bool
}

// create is one create, as the others of its client see it.
type create struct {
	// owns reports whether a thing is what this create is about.
	owns func(thing any) bool
	done bool // whether it has returned an id or can't have made anything
}

// begin adds a create.
func (i *IDs) begin(owns func(thing any) bool) *create {
	c := &create{owns: owns}
	if i == nil {
		return c
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.pending == nil {
		i.pending = map[*create]bool{}
	}
	i.pending[c] = true
	return c
}

// end forgets a create, unless it may have made something that nobody has found.
func (i *IDs) end(c *create) {
	if i == nil || !c.done {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.pending, c)
}

// belongsToOther reports whether a thing is what another create is about: replies of creates at the same time may be
// swapped on their way.
func (i *IDs) belongsToOther(own *create, thing any) bool {
	if i == nil {
		return false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for c := range i.pending {
		if c != own && c.owns(thing) {
			return true
		}
	}
	return false
}

// claim takes an id for a create, and reports whether no earlier create has returned it.
func (i *IDs) claim(c *create, id string) bool {
	if i == nil {
		return true
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.claimed[id] {
		return false
	}
	if i.claimed == nil {
		i.claimed = map[string]bool{}
	}
	i.claimed[id] = true
	c.done = true
	return true
}

// Has reports whether a create has returned an id.
func (i *IDs) Has(id string) bool {
	if i == nil {
		return false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.claimed[id]
}
