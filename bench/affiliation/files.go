package main

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"time"
)

// list is what the files say, read as plainly as they are written.
type list struct {
	byMail   map[string][]job
	byDomain map[string][]job
	login    map[string]bool
}

type job struct {
	company     string
	from, until string // YYYY-MM-DD, "" for none
}

var jobLine = regexp.MustCompile(`^\t(.+?)(?: from (\d{4}-\d\d-\d\d))?(?: until (\d{4}-\d\d-\d\d))?$`)

func readFiles(files []string) (*list, error) {
	l := &list{byMail: map[string][]job{}, byDomain: map[string][]job{}, login: map[string]bool{}}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		var mails []string
		in := bufio.NewScanner(f)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			line := in.Text()
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '\t':
				if m := jobLine.FindStringSubmatch(line); m != nil {
					for _, mail := range mails {
						l.byMail[mail] = append(l.byMail[mail], job{m[1], m[2], m[3]})
					}
				}
			case strings.Contains(line, ": "):
				login, rest, _ := strings.Cut(line, ": ")
				l.login[strings.ToLower(login)] = true
				mails = nil
				for _, mail := range strings.Split(rest, ", ") {
					mails = append(mails, strings.ToLower(strings.Replace(mail, "!", "@", 1)))
				}
			case !strings.Contains(line, "!"):
				domain, company, _ := strings.Cut(line, " ")
				company, until, _ := strings.Cut(company, " < ")
				l.byDomain[domain] = append(l.byDomain[domain], job{company: strings.TrimSpace(company), until: until})
			}
		}
		f.Close() // only read
		if err := in.Err(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

const unknown = "unknown"

// employer is the company of an address at a time: by the list of developers,
// else by the map of domains.
func (l *list) employer(mail string, at time.Time) string {
	mail = strings.ToLower(mail)
	if c := held(l.byMail[mail], at); c != "" {
		return c
	}
	_, domain, _ := strings.Cut(mail, "@")
	if c := held(l.byDomain[domain], at); c != "" {
		return c
	}
	return unknown
}

func held(jobs []job, at time.Time) string {
	day := at.Format(time.DateOnly)
	for _, j := range jobs {
		if (j.from == "" || j.from <= day) && (j.until == "" || day < j.until) {
			if j.company == "NotFound" || j.company == "(Unknown)" {
				return unknown
			}
			return j.company
		}
	}
	return ""
}
