package wire

import "fmt"

// ShortListingError says that a listing, made twice, has shown fewer items than it says there are. What is missing may be
// the very thing that was looked for.
type ShortListingError struct {
	Shown int // items that arrived
	Total int // items that the listing says it holds
}

// Error implements error.
func (e *ShortListingError) Error() string {
	return fmt.Sprintf("the listing shows %d of %d items, twice", e.Shown, e.Total)
}
