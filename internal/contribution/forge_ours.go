package contribution

import "time"

// Reviews counts change requests that another human than the author reviewed in
// a stretch of time, and those of them that one of ours did.
func (f *Forge) Reviews(since, until time.Time) (reviewed, ours int) {
	w := &forgeWindow{f: f, since: since, end: until}
	for k := range f.Items {
		i := &f.Items[k]
		byAny, byOurs := false, false
		for _, e := range i.Events {
			if i.Change && e.Review && w.in(e.At) && e.Who.key() != nobody && !i.Author.same(e.Who) {
				byAny, byOurs = true, byOurs || e.Ours
			}
		}
		if byAny {
			reviewed++
		}
		if byOurs {
			ours++
		}
	}
	return reviewed, ours
}

// waitingDays is how long a change request of ours may wait for us.
const waitingDays = 14

// ours are change requests of our people.
func (w *forgeWindow) ours() {
	opened, all, open, allOpen, closed, merged, waiting := 0, 0, 0, 0, 0, 0, 0
	for k := range w.f.Items {
		i := &w.f.Items[k]
		if !i.Change || i.Author.Bot {
			continue
		}
		isOpen := w.before(i.Created) && !w.before(i.Closed)
		all, allOpen = all+number(w.in(i.Created)), allOpen+number(isOpen)
		if !i.Ours {
			continue
		}
		opened, open = opened+number(w.in(i.Created)), open+number(isOpen)
		closed, merged = closed+number(w.in(i.Closed)), merged+number(w.in(i.Closed) && !i.Merged.IsZero())
		if isOpen {
			last := i.lastWord(w.end)
			waiting += number(!last.At.IsZero() && !i.Author.same(last.Who) && days(w.end.Sub(last.At)) > waitingDays)
		}
	}
	w.say("our_change_requests", float64(opened), all, "", "")
	w.say("our_open_change_requests", float64(open), allOpen, "", "")
	w.say("our_change_requests_merged_share", share(merged, closed), closed, "", "")
	w.say("our_change_requests_waiting_on_us", float64(waiting), open, "", "")
}

// lastWord is the last event by a human before end.
func (i *ForgeItem) lastWord(end time.Time) (last ForgeEvent) {
	for _, e := range i.Events {
		if !e.Who.Bot && e.At.Before(end) && !e.At.Before(last.At) {
			last = e
		}
	}
	return last
}
