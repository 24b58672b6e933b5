package fortanix

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// MaxLogo is the largest logo, in bytes once decoded. The API says 128 KB.
const MaxLogo = 128 << 10

// Logo is an account's logo. The zero Logo is none. Logos that come out of a listing leave the text out, since a
// thousand of them would fill the memory; Client.LogoText gives it.
type Logo struct {
	Size   int               // bytes once decoded
	SHA256 [sha256.Size]byte // of the decoded bytes
	Base64 string            // as received
}

// NewLogo returns the logo that base64 text stands for. Text that is not base64 counts as it is.
func NewLogo(encoded string) Logo {
	raw, err := DecodeBase64(encoded)
	if err != nil {
		raw = []byte(encoded)
	}
	if len(raw) == 0 {
		return Logo{}
	}
	return Logo{Size: len(raw), SHA256: sha256.Sum256(raw), Base64: encoded}
}

// MarshalJSON describes the logo for an error, without its text.
func (l Logo) MarshalJSON() ([]byte, error) {
	if l.IsZero() {
		return []byte(`"none"`), nil
	}
	return fmt.Appendf(nil, `"an image of %d bytes, SHA-256 %x…"`, l.Size, l.SHA256[:4]), nil
}

// IsZero reports whether there is no logo.
func (l Logo) IsZero() bool { return l.Size == 0 }

// Same reports whether both are the same image, however it is encoded.
func (l Logo) Same(other Logo) bool { return l.Size == other.Size && l.SHA256 == other.SHA256 }

// CheckLogo says what is wrong with a logo in base64: not base64, empty, too large, or not a JPEG, PNG or SVG by its content.
func CheckLogo(encoded string) error {
	raw, err := DecodeBase64(encoded)
	switch {
	case err != nil:
		return errors.New("is not base64; filebase64() reads a file so")
	case len(raw) == 0:
		return errors.New("is empty, as that of an empty file is. To have no logo, leave it out")
	case len(raw) > MaxLogo:
		return fmt.Errorf("is %d bytes large once decoded, and %d are allowed", len(raw), MaxLogo)
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")), bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")), isSVG(raw):
		return nil
	}
	return errors.New("is not a JPEG, PNG or SVG image by its content")
}

func isSVG(raw []byte) bool {
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	decoder.Strict = false
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // tag names are ASCII
	for {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		if root, ok := token.(xml.StartElement); ok {
			return root.Name.Local == "svg"
		}
	}
}
