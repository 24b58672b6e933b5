package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// UniqueKeys refuses a JSON object that has a key twice, also in another case: encoding/json takes the last one of
// such, so that an object with "id" and "ID" would be about two things. Keys of nested objects are not looked at, and
// what is not an object passes.
func UniqueKeys(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if folded := strings.ToLower(name); seen[folded] {
			return fmt.Errorf("the key %q is there twice", name)
		} else {
			seen[folded] = true
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
	}
	return nil
}
