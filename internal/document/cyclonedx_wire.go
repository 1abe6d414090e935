package document

import "encoding/json"

// These structs read CycloneDX 1.2 to 1.7. They hold what is modeled and no
// more, so that what other tools add, rightly or wrongly, does no harm.

type cdxInComponent struct {
	Ref          string          `json:"bom-ref" xml:"bom-ref,attr"`
	Type         string          `json:"type" xml:"type,attr"`
	Supplier     *cdxInParty     `json:"supplier" xml:"supplier"`
	Manufacturer *cdxInParty     `json:"manufacturer" xml:"manufacturer"`
	Author       string          `json:"author" xml:"author"`
	Publisher    string          `json:"publisher" xml:"publisher"`
	Group        string          `json:"group" xml:"group"`
	Name         string          `json:"name" xml:"name"`
	Version      string          `json:"version" xml:"version"`
	Scope        string          `json:"scope" xml:"scope"`
	Hashes       []cdxInHash     `json:"hashes" xml:"hashes>hash"`
	Licenses     []cdxInChoice   `json:"licenses" xml:"-"`
	XMLLicenses  cdxInXMLChoices `json:"-" xml:"licenses"`
	Copyright    string          `json:"copyright" xml:"copyright"`
	CPE          string          `json:"cpe" xml:"cpe"`
	PURL         string          `json:"purl" xml:"purl"`
	Properties   []cdxInProperty `json:"properties" xml:"properties>property"`
	Evidence     struct {
		Occurrences []struct {
			Location string `json:"location" xml:"location"`
			Line     int    `json:"line" xml:"line"`
		} `json:"occurrences" xml:"occurrences>occurrence"`
		Licenses    []cdxInChoice   `json:"licenses" xml:"-"`
		XMLLicenses cdxInXMLChoices `json:"-" xml:"licenses"`
		Copyright   []struct {
			Text string `json:"text" xml:",chardata"`
		} `json:"copyright" xml:"copyright>text"`
	} `json:"evidence" xml:"evidence"`
	Components []cdxInComponent `json:"components" xml:"components>component"`
}

type cdxInParty struct {
	Name    string         `json:"name" xml:"name"`
	Contact []cdxInContact `json:"contact" xml:"contact"`
}

type cdxInContact struct {
	Name  string `json:"name" xml:"name"`
	Email string `json:"email" xml:"email"`
}

type cdxInHash struct {
	Algorithm string `json:"alg" xml:"alg,attr"`
	Value     string `json:"content" xml:",chardata"`
}

type cdxInLicense struct {
	ID              string `json:"id" xml:"id"`
	Name            string `json:"name" xml:"name"`
	Acknowledgement string `json:"acknowledgement" xml:"acknowledgement,attr"`
}

type cdxInChoice struct {
	License         *cdxInLicense `json:"license"`
	Expression      string        `json:"expression"`
	Acknowledgement string        `json:"acknowledgement"`
}

type cdxInXMLChoices struct {
	License    []cdxInLicense `xml:"license"`
	Expression []struct {
		Text            string `xml:",chardata"`
		Acknowledgement string `xml:"acknowledgement,attr"`
	} `xml:"expression"`
}

type cdxInProperty struct {
	Name  string `json:"name" xml:"name,attr"`
	Value string `json:"value" xml:",chardata"`
}

type cdxInTool struct {
	Vendor  string `json:"vendor" xml:"vendor"`
	Group   string `json:"group" xml:"group"`
	Name    string `json:"name" xml:"name"`
	Version string `json:"version" xml:"version"`
}

type cdxInMetadata struct {
	Timestamp string          `json:"timestamp" xml:"timestamp"`
	Tools     json.RawMessage `json:"tools" xml:"-"` // a list until 1.4, an object after
	XMLTools  struct {
		Tools      []cdxInTool `xml:"tool"`
		Components []cdxInTool `xml:"components>component"`
	} `json:"-" xml:"tools"`
	Authors      []cdxInContact  `json:"authors" xml:"authors>author"`
	Component    *cdxInComponent `json:"component" xml:"component"`
	Manufacture  *cdxInParty     `json:"manufacture" xml:"manufacture"`
	Manufacturer *cdxInParty     `json:"manufacturer" xml:"manufacturer"`
	Supplier     *cdxInParty     `json:"supplier" xml:"supplier"`
	Properties   []cdxInProperty `json:"properties" xml:"properties>property"`
}

type cdxInDependency struct {
	Ref       string   `json:"ref" xml:"ref,attr"`
	DependsOn []string `json:"dependsOn" xml:"-"`
	XML       []struct {
		Ref string `xml:"ref,attr"`
	} `json:"-" xml:"dependency"`
}
