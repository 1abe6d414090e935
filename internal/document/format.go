package document

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Format is a form of a bill of materials.
type Format string

// The formats that are written; [Read] reads the same.
const (
	CycloneDXJSON Format = "cyclonedx-json" // CycloneDX 1.6 (ECMA-424)
	CycloneDXXML  Format = "cyclonedx-xml"
	SPDXJSON      Format = "spdx-json" // SPDX 2.3 (ISO/IEC 5962)
	SPDXTagValue  Format = "spdx-tag-value"
)

// Formats lists the formats in the order in which help texts show them.
var Formats = []Format{CycloneDXJSON, CycloneDXXML, SPDXJSON, SPDXTagValue}

// Options fix what would differ from one run to the next.
type Options struct {
	// Time is the time of the document; zero takes BOM.Created. A caller that
	// wants the same bytes each time passes SOURCE_DATE_EPOCH or the time of the
	// commit.
	Time time.Time
	// Serial is a UUID, with or without "urn:uuid:", or for SPDX the whole
	// namespace; empty takes BOM.Serial, and where that is empty too, one worked
	// out of the content, so that the same content has the same serial.
	Serial string
}

// Write writes b. The same input gives the same bytes.
func Write(w io.Writer, b BOM, f Format, o Options) error {
	b = canonical(b, o)
	switch f {
	case CycloneDXJSON, CycloneDXXML:
		return writeCycloneDX(w, b, f)
	case SPDXJSON, SPDXTagValue:
		return writeSPDX(w, b, f)
	}
	return fmt.Errorf("SBOM format %q is not known; choose one of %s", f, joinFormats())
}

func joinFormats() string {
	var names []string
	for _, f := range Formats {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}
