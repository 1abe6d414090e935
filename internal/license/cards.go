package license

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed data/cards.yaml
var cardData []byte

// Card holds what one license, or a few that ask for the same, ask for. A card
// without duties says that nothing is owed. Not legal advice.
type Card struct {
	ID       string   // short and stable, the beginning of its duties' ids
	Licenses []string // SPDX ids
	// ReviewedBy names the lawyer who confirmed the card; empty until then.
	ReviewedBy string
	Duties     []Duty
}

// The form of cards.yaml.
type cardWire struct {
	ID         string     `yaml:"id"`
	Licenses   []string   `yaml:"licenses"`
	ReviewedBy string     `yaml:"reviewed_by"`
	Duties     []dutyWire `yaml:"duties"`
}

type dutyWire struct {
	ID        string   `yaml:"id"`
	On        []Event  `yaml:"on"`
	With      []Event  `yaml:"with"`
	Action    Action   `yaml:"action"`
	Text      string   `yaml:"text"`
	Deliver   []string `yaml:"deliver"`
	Retention string   `yaml:"retention"`
	Proof     string   `yaml:"proof"`
	Section   string   `yaml:"section"`
}

// deck is the parsed data file.
type deck struct {
	cards     []Card
	byLicense map[string]*Card
}

var loadDeck = sync.OnceValue(func() *deck {
	d, err := parseDeck(cardData)
	if err != nil {
		panic("license: data/cards.yaml: " + err.Error()) // compiled in and tested
	}
	return d
})

func parseDeck(b []byte) (*deck, error) {
	var wire []cardWire
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&wire); err != nil {
		return nil, err
	}
	d := &deck{cards: make([]Card, 0, len(wire)), byLicense: map[string]*Card{}}
	for _, w := range wire {
		c := Card{ID: w.ID, Licenses: w.Licenses, ReviewedBy: w.ReviewedBy}
		for _, x := range w.Duties {
			c.Duties = append(c.Duties, Duty{
				ID: w.ID + "." + x.ID, Licenses: w.Licenses, On: x.On, With: x.With, Action: x.Action, Text: x.Text,
				DeliverWith: x.Deliver, Retention: x.Retention, Proof: x.Proof, Section: x.Section, ReviewedBy: w.ReviewedBy,
			})
		}
		d.cards = append(d.cards, c)
	}
	for i := range d.cards {
		for _, id := range d.cards[i].Licenses {
			if d.byLicense[id] != nil {
				return nil, fmt.Errorf("%s has two cards, %s and %s", id, d.byLicense[id].ID, d.cards[i].ID)
			}
			d.byLicense[id] = &d.cards[i]
		}
	}
	return d, nil
}

// Cards lists all duty cards in the order of the data file. Callers must not
// change what they hold.
func Cards() []Card { return loadDeck().cards }

// CardOf finds the card of a license; of one that says "or later" it is the
// card of the version that is named. Only that card is parsed: a run needs a
// few of all.
func CardOf(l Leaf) (Card, bool) {
	slot, ok := loadSlots()[l.ID]
	if !ok {
		return Card{}, false
	}
	slot.once.Do(func() {
		d, err := parseDeck(slot.text)
		if err != nil {
			panic("license: data/cards.yaml: " + err.Error()) // compiled in and tested
		}
		slot.card = d.cards[0]
	})
	return slot.card, true
}

// slot is a card that is parsed when somebody asks for it.
type slot struct {
	text []byte
	once sync.Once
	card Card
}

// loadSlots cuts the data file into cards, by license. Each begins with "- id:"
// at the start of a line and lists its licenses on a line of their own.
var loadSlots = sync.OnceValue(func() map[string]*slot {
	out := map[string]*slot{}
	const begin = "- id:"
	_, rest, _ := bytes.Cut(cardData, []byte("\n"+begin))
	for len(rest) > 0 {
		text, next, _ := bytes.Cut(rest, []byte("\n"+begin))
		s := &slot{text: append([]byte(begin), text...)}
		_, list, _ := bytes.Cut(text, []byte("\n  licenses: ["))
		list, _, _ = bytes.Cut(list, []byte("]\n"))
		for id := range strings.SplitSeq(string(list), ", ") {
			out[id] = s
		}
		rest = next
	}
	return out
})

// Duties lists what the license asks for when the events happen, in the order
// of its card. It is empty both when nothing is owed and when there is no card:
// ask [CardOf] which of the two.
//
// An exception lifts duties: one that frees combined works lifts what is asked
// of the whole work, one that frees binaries lifts what binaries are asked for.
func Duties(l Leaf, events EventSet) []Duty {
	c, ok := CardOf(l)
	if !ok {
		return nil
	}
	frees := exceptionFrees(l)
	if frees.Permissive() {
		events = without(events, ConveyBinary)
	}
	var out []Duty
	for _, d := range c.Duties {
		if frees != "" && strings.HasSuffix(d.ID, ".whole-work") && !events[Modify] {
			continue
		}
		if d.triggered(events) {
			out = append(out, d)
		}
	}
	return out
}

// exceptionFrees is the category to which the exception of l brings it down, or
// empty when there is none or it changes nothing here.
func exceptionFrees(l Leaf) Category {
	e, ok := loadCatalog().exceptions[strings.ToLower(l.Exception)]
	if !ok || e.effect == "same" {
		return ""
	}
	return Category(e.effect)
}

func without(s EventSet, gone Event) EventSet {
	out := make(EventSet, len(s))
	for e, on := range s {
		if e != gone {
			out[e] = on
		}
	}
	return out
}
