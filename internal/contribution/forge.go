package contribution

import (
	"math"
	"slices"
	"time"
)

// ForgeItem is an issue or change request (pull request, merge request) as a
// forge tells of it.
type ForgeItem struct {
	ID     string // its number, or whatever names it in the repository
	Change bool   // a change request; else an issue
	Author Account
	// Closed and Merged are zero for what was not; a merged one is closed too.
	Created, Closed, Merged time.Time
	// Events are what others and the author did, in order of time.
	Events []ForgeEvent
	// Ours says that the author worked for us when it was opened.
	Ours bool
	// Silent says that the source does not tell who answered: no events are not
	// the same as no answer.
	Silent bool
}

// Account is a login on a forge, as "github.com/ada"; "" when the forge does not tell.
type Account struct {
	Login string
	Bot   bool
	// Person numbers the person behind the account, from 1 on; 0 for none known.
	Person uint32
}

// ForgeEvent is a comment, review, label, close or merge.
type ForgeEvent struct {
	Who    Account
	At     time.Time
	Review bool
	Ours   bool // who did it worked for us then
}

// Forge is what a forge knows of a project that git does not.
type Forge struct {
	Items []ForgeItem
	// Through is the last moment that the data tell of: later nothing is known.
	Through time.Time
}

// read computes the metrics of issues and change requests for a window.
func (f *Forge) read(since, until time.Time, put func(name string, r Reading)) {
	end, coverage := until, 1.0
	if f.Through.Before(end) {
		end = f.Through
		coverage = math.Max(0, end.Sub(since).Hours()/until.Sub(since).Hours())
	}
	w := &forgeWindow{f: f, since: since, end: end, coverage: coverage, put: put}
	w.responses()
	w.changes()
	w.issues()
	w.participants()
	w.reviews()
	w.ours()
}

// forgeWindow is a stretch of time; end is where it or the data end.
type forgeWindow struct {
	f          *Forge
	since, end time.Time
	coverage   float64
	put        func(name string, r Reading)
}

func (w *forgeWindow) in(at time.Time) bool {
	return !at.IsZero() && !at.Before(w.since) && at.Before(w.end)
}

// before is true for what happened by the end of the window.
func (w *forgeWindow) before(at time.Time) bool { return !at.IsZero() && at.Before(w.end) }

func (w *forgeWindow) say(name string, value float64, n int, reason, note string) {
	w.put(name, Reading{Value: value, N: n, Coverage: w.coverage, Reason: reason, Note: note})
}

// FirstResponse is the first event on an item by a human other than its author,
// before end; zero when there is none.
func (i *ForgeItem) FirstResponse(end time.Time) time.Time {
	first := time.Time{}
	for _, e := range i.Events {
		if e.Who.Bot || i.Author.same(e.Who) || e.At.Before(i.Created) || !e.At.Before(end) {
			continue
		}
		if first.IsZero() || e.At.Before(first) {
			first = e.At
		}
	}
	return first
}

// same is true for accounts of one person. Of an account that the forge does not
// tell nobody knows whose it is.
func (a Account) same(b Account) bool {
	return a.Login != "" && a.Login == b.Login || a.Person != 0 && a.Person == b.Person
}

// responses are M4.
func (w *forgeWindow) responses() {
	var waits []Wait
	due, inTime, open, silent := 0, 0, 0, 0
	for k := range w.f.Items {
		i := &w.f.Items[k]
		if !w.in(i.Created) || i.Author.Bot {
			continue
		}
		if i.Silent {
			silent++
			continue
		}
		first := i.FirstResponse(w.end)
		deadline := TwoBusinessDays(i.Created)
		if first.IsZero() {
			open++
			waits = append(waits, Wait{Days: days(w.end.Sub(i.Created)), Open: true})
		} else {
			waits = append(waits, Wait{Days: days(first.Sub(i.Created))})
		}
		if !deadline.After(w.end) {
			due++
			if !first.IsZero() && !first.After(deadline) {
				inTime++
			}
		}
	}
	reason := ""
	if silent > 0 && len(waits) == 0 {
		reason = "the imported data do not tell who answered; export comments and reviews too"
	}
	coverage := w.coverage
	w.coverage *= covered(len(waits), len(waits)+silent)
	for name, rank := range map[string]float64{"time_to_first_response": .5, "time_to_first_response_p90": .9} {
		value, ok := Quantile(waits, rank)
		why := reason
		if !ok && why == "" && len(waits) >= leastItems {
			why = "too many still wait: more than that share have no response yet"
		}
		w.say(name, value, len(waits), why, "")
	}
	w.say("response_within_2_business_days", share(inTime, due), due, reason, "")
	w.say("unanswered", float64(open), len(waits), reason, "")
	w.coverage = coverage
}

func days(d time.Duration) float64 { return d.Hours() / 24 }

// changes are M5 to M8.
func (w *forgeWindow) changes() {
	opened, closed, merged, waiting := 0, 0, 0, 0
	var toClose, toMerge []float64
	for k := range w.f.Items {
		i := &w.f.Items[k]
		if !i.Change || i.Author.Bot {
			continue
		}
		if w.in(i.Created) {
			opened++
			if w.before(i.Merged) {
				toMerge = append(toMerge, days(i.Merged.Sub(i.Created)))
			}
		}
		if i.Created.Before(w.since) && (i.Closed.IsZero() || !i.Closed.Before(w.since)) {
			waiting++
		}
		if w.in(i.Closed) {
			closed++
			toClose = append(toClose, days(i.Closed.Sub(i.Created)))
			if !i.Merged.IsZero() {
				merged++
			}
		}
	}
	w.say("time_to_close", Median(toClose), len(toClose), "", "")
	w.say("change_request_closure_ratio", share(closed, opened), opened, "", "")
	w.say("change_request_backlog_ratio", share(closed, waiting+opened), waiting+opened, "", "")
	none := ""
	if closed >= leastItems && merged == closed {
		none = "none was declined: there is nothing to divide by"
	}
	w.say("change_request_acceptance_ratio", share(merged, closed-merged), closed, none, "")
	w.say("change_request_merged_share", share(merged, closed), closed, "", "")
	w.say("change_request_duration", Median(toMerge), len(toMerge), "", "")
}

// issues are M9.
func (w *forgeWindow) issues() {
	var ages []float64
	closed, sum := 0, 0.0
	for k := range w.f.Items {
		i := &w.f.Items[k]
		if i.Change || i.Author.Bot {
			continue
		}
		if w.before(i.Created) && !w.before(i.Closed) {
			ages = append(ages, days(w.end.Sub(i.Created)))
		}
		if w.in(i.Closed) {
			closed++
			sum += days(i.Closed.Sub(i.Created))
		}
	}
	w.say("issue_age", Median(ages), len(ages), "", "")
	w.say("issue_resolution_duration", sum/math.Max(1, float64(closed)), closed, "", "")
}

// participants are M12: who took part, and who of them had a change merged.
func (w *forgeWindow) participants() {
	took, merged := map[participant]bool{}, map[participant]bool{}
	for k := range w.f.Items {
		i := &w.f.Items[k]
		author := i.Author.key()
		if author != nobody && w.in(i.Created) {
			took[author] = true
		}
		if author != nobody && i.Change && w.in(i.Merged) {
			took[author], merged[author] = true, true
		}
		for _, e := range i.Events {
			if who := e.Who.key(); who != nobody && w.in(e.At) {
				took[who] = true
			}
		}
	}
	w.say("participant_conversion", share(len(merged), len(took)), len(took), "", "")
}

// reviews are M1 for reviews, by change request and person; they take the place
// of what trailers tell.
func (w *forgeWindow) reviews() {
	type pair struct {
		item int
		who  participant
	}
	done, number := map[pair]bool{}, map[participant]int{}
	var counts []int
	for k := range w.f.Items {
		i := &w.f.Items[k]
		for _, e := range i.Events {
			who := e.Who.key()
			if !e.Review || !i.Change || who == nobody || i.Author.same(e.Who) || !w.in(e.At) || done[pair{k, who}] {
				continue
			}
			done[pair{k, who}] = true
			n, ok := number[who]
			if !ok {
				n = len(counts)
				number[who], counts = n, append(counts, 0)
			}
			counts[n]++
		}
	}
	if len(done) > 0 {
		k, _ := AbsenceFactor(counts)
		w.say("review_absence_factor", float64(k), len(done), "", "reviews of change requests on the forge")
	}
}

// participant is a person, or an account that no person is known of.
type participant struct {
	person uint32
	login  string
}

var nobody participant

// key names a human; nobody for bots and for whom the forge does not tell.
func (a Account) key() participant {
	switch {
	case a.Bot:
		return nobody
	case a.Person != 0:
		return participant{person: a.Person}
	}
	return participant{login: a.Login}
}

// Median is the middle of numbers, or the mean of the two in the middle; 0 of none.
func Median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}
