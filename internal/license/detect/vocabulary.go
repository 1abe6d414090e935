package detect

// vocabulary maps the hashes of words to small numbers; 0 is every other word.
// Words that mean the same share a number ("licence" and "license").
type vocabulary struct {
	slots  []slot // open addressing
	mask   uint64
	weight []uint8 // by id: how much a word tells, 1 to 15
	n      int
}

type slot struct {
	hash uint64
	id   uint16
}

func newVocabulary(words int) *vocabulary {
	size := 1024
	for size < words*3 {
		size *= 2
	}
	return &vocabulary{slots: make([]slot, size), mask: uint64(size - 1), weight: []uint8{0}}
}

func (v *vocabulary) id(h uint64) uint16 {
	for i := (h ^ h>>29) & v.mask; ; i = (i + 1) & v.mask {
		s := &v.slots[i]
		if s.hash == h {
			return s.id
		}
		if s.id == 0 {
			return 0
		}
	}
}

// add gives a word its number, a new one when it has none.
func (v *vocabulary) add(h uint64) uint16 {
	if id := v.id(h); id != 0 {
		return id
	}
	v.n++
	v.weight = append(v.weight, defaultWeight)
	v.set(h, uint16(v.n))
	return uint16(v.n)
}

func (v *vocabulary) set(h uint64, id uint16) {
	for i := (h ^ h>>29) & v.mask; ; i = (i + 1) & v.mask {
		if v.slots[i].id == 0 || v.slots[i].hash == h {
			v.slots[i] = slot{h, id}
			return
		}
	}
}

// defaultWeight is that of a word which no text has.
const defaultWeight = 6

// sameWords lists spellings beside the one that stands for all. The first part
// is the equivalent words of the SPDX matching guidelines (SPDX 2.3 annex B).
var sameWords = map[string]string{
	"acknowledgement": "acknowledgment", "acknowledgements": "acknowledgment", "acknowledgments": "acknowledgment", "analogue": "analog", "analyse": "analyze", "artefact": "artifact", "authorisation": "authorization",
	"authorised": "authorized", "calibre": "caliber", "cancelled": "canceled", "capitalisations": "capitalizations", "catalogue": "catalog", "categorise": "categorize",
	"centre": "center", "emphasised": "emphasized", "favour": "favor", "favourite": "favorite", "fulfil": "fulfill", "fulfilment": "fulfillment", "initialise": "initialize",
	"judgement": "judgment", "labelling": "labeling", "labour": "labor", "licence": "license", "licences": "licenses", "licenced": "licensed", "licencing": "licensing", "sublicence": "sublicense", "maximise": "maximize",
	"modelled": "modeled", "modelling": "modeling", "offence": "offense", "optimise": "optimize", "organisation": "organization", "organise": "organize",
	"practise": "practice", "programme": "program", "realise": "realize", "recognise": "recognize", "signalling": "signaling", "utilisation": "utilization",
	"whilst": "while", "wilful": "willful", "wilfull": "willful", "noncommercial": "noncommercial",
	"owner": "holder", "owners": "holders", "https": "http", "merchantibility": "merchantability", "merchantablity": "merchantability", "merchantabilty": "merchantability",
	"expressed": "express", "redistributions": "redistribution", "colour": "color", "behaviour": "behavior", "organisations": "organizations", "lisence": "license", "liscense": "license", "lincense": "license",
}
