package main

import (
	"fmt"
	"strings"
	"time"
)

// explain asks our commands about the author of each commit, adds up what they
// say, and tells why a commit counts for another company than by the file.
func explain(l *list, us *ours, commits []commit) (why, sum map[string]int, err error) {
	why, sum = map[string]int{}, map[string]int{}
	for _, c := range commits {
		raw, err := us.show(c.rawName, c.raw)
		if err != nil {
			return nil, nil, err
		}
		mapped, err := us.show(c.mapName, c.mapped)
		if err != nil {
			return nil, nil, err
		}
		theirs := l.employer(c.raw, c.at)
		if raw.Bot || mapped.Bot {
			why[fmt.Sprintf("a bot, left out (the file says %s)", theirs)]++
			continue
		}
		org, reason := judge(l, raw, mapped, &c)
		sum[org]++
		if org != theirs {
			why[reason]++
		}
	}
	return why, sum, nil
}

// judge tells for whom a commit counts by our commands, and on what that rests.
func judge(l *list, raw, mapped *shown, c *commit) (org, reason string) {
	who, listed := mapped, l.byMail[strings.ToLower(c.raw)] != nil
	if !mapped.Known && raw.Known {
		who = raw
	}
	org, basis := at(who, c.raw, c.at)
	if who.Known && org == unknown && who == mapped && c.mapped != c.raw {
		org, basis = at(raw, c.raw, c.at) // what the address itself tells
	} else if !who.Known {
		org, basis = at(raw, c.raw, c.at)
	}
	switch {
	case basis == "email-domain":
		return org, "the file does not know the author at that time; the domain of the address tells"
	case who == mapped && c.mapped != c.raw && !listed:
		return org, "the project's .mailmap says that the address is one that the file lists"
	case listed:
		return org, "statements of the file on the address overlap: the later beginning counts"
	}
	return org, "another address or entry of the same person is in the file"
}

// at is the employer of a person at a time with an address.
func at(s *shown, address string, when time.Time) (org, basis string) {
	day := when.Format(time.DateOnly)
	found := false
	for _, t := range s.Counts {
		same := strings.EqualFold(t.Address, address)
		if (t.From == "" || t.From <= day) && (t.Until == "" || day < t.Until) && (same || !found && t.Basis != "email-domain") {
			org, basis, found = t.Org, t.Basis, true
			if same {
				return org, basis
			}
		}
	}
	if !found {
		return unknown, ""
	}
	return org, basis
}
