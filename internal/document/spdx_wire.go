package document

// The wire structs follow the JSON schema of SPDX 2.3 (spdx/spdx-spec,
// schemas/spdx-schema.json); fields of 2.2 that were renamed stand beside them.

type spdxDocument struct {
	SPDXVersion       string             `json:"spdxVersion"`
	DataLicense       string             `json:"dataLicense"`
	SPDXID            string             `json:"SPDXID"`
	Name              string             `json:"name"`
	DocumentNamespace string             `json:"documentNamespace"`
	Comment           string             `json:"comment,omitempty"`
	CreationInfo      spdxCreation       `json:"creationInfo"`
	DocumentDescribes []string           `json:"documentDescribes,omitempty"`
	Packages          []spdxPackage      `json:"packages"`
	Extracted         []spdxExtracted    `json:"hasExtractedLicensingInfos,omitempty"`
	Relationships     []spdxRelationship `json:"relationships"`
}

type spdxCreation struct {
	Created            string   `json:"created"`
	Creators           []string `json:"creators"`
	LicenseListVersion string   `json:"licenseListVersion,omitempty"`
}

type spdxPackage struct {
	Name             string         `json:"name"`
	SPDXID           string         `json:"SPDXID"`
	Version          string         `json:"versionInfo,omitempty"`
	Supplier         string         `json:"supplier,omitempty"`
	Originator       string         `json:"originator,omitempty"`
	DownloadLocation string         `json:"downloadLocation"`
	FilesAnalyzed    bool           `json:"filesAnalyzed"`
	Checksums        []spdxChecksum `json:"checksums,omitempty"`
	SourceInfo       string         `json:"sourceInfo,omitempty"`
	Concluded        string         `json:"licenseConcluded,omitempty"`
	Declared         string         `json:"licenseDeclared,omitempty"`
	Copyright        string         `json:"copyrightText,omitempty"`
	Comment          string         `json:"comment,omitempty"`
	ExternalRefs     []spdxRef      `json:"externalRefs,omitempty"`
	Purpose          string         `json:"primaryPackagePurpose,omitempty"`
	FileName         string         `json:"packageFileName,omitempty"`

	line int // of a document that was read
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxExtracted struct {
	ID   string `json:"licenseId"`
	Text string `json:"extractedText"`
	Name string `json:"name,omitempty"`
}

type spdxRelationship struct {
	From string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

// Values that SPDX reserves.
const (
	spdxNone        = "NONE"
	spdxNoAssertion = "NOASSERTION"
	spdxDocumentID  = "SPDXRef-DOCUMENT"
)

// spdxAlgorithms maps the names of CycloneDX to those of SPDX 2.3.
var spdxAlgorithms = map[string]string{
	"MD2": "MD2", "MD4": "MD4", "MD5": "MD5", "MD6": "MD6", "SHA-1": "SHA1", "SHA-224": "SHA224", "SHA-256": "SHA256",
	"SHA-384": "SHA384", "SHA-512": "SHA512", "SHA3-256": "SHA3-256", "SHA3-384": "SHA3-384", "SHA3-512": "SHA3-512",
	"BLAKE2b-256": "BLAKE2b-256", "BLAKE2b-384": "BLAKE2b-384", "BLAKE2b-512": "BLAKE2b-512", "BLAKE3": "BLAKE3",
	"ADLER32": "ADLER32",
}

// spdxPurposes maps component types to primary package purposes.
var spdxPurposes = map[string]string{
	"application": "APPLICATION", "framework": "FRAMEWORK", "container": "CONTAINER", "device": "DEVICE",
	"firmware": "FIRMWARE", "file": "FILE", "operating-system": "OPERATING_SYSTEM", "": "LIBRARY",
}
