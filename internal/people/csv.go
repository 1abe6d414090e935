package people

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// columns of the CSV form, in the order in which it is written. A file may have
// them in any order and leave out what it does not say.
var columns = []string{"person", "name", "email", "login", "organization", "from", "until", "basis", "team", "bot", "domain"}

// ReadCSV reads affiliations as comma-separated values with a heading (also as
// spreadsheets save them: semicolons or tabs, UTF-16). A row says
// of a person (by the column person; without it by email or login) an identity,
// an employment, or both; a row with domain says whose it is. Dates are
// YYYY-MM-DD; until is exclusive: the day on which the next begins.
func ReadCSV(data []byte, basis Basis) (Source, error) {
	data = asText(data)
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord, in.ReuseRecord, in.Comma = -1, true, separator(data)
	head, err := in.Read()
	if err != nil {
		return Source{}, fmt.Errorf("no heading could be read: %w", err)
	}
	at, err := heading(head)
	if err != nil {
		return Source{}, err
	}
	r := csvReader{at: at, basis: basis, index: map[string]int{}}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return r.finish(), nil
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			r.out.problem(bad.Line, "%v", bad.Err)
			continue
		} else if err != nil {
			return r.finish(), err
		}
		line, _ := in.FieldPos(0)
		for _, cell := range row {
			if !utf8.ValidString(cell) {
				r.out.odd(line, "not UTF-8; read as Latin-1")
				break
			}
		}
		r.row(line, row)
	}
}

// otherNames are what others call a column. None is taken for it unasked: "end" may
// be a last day, where until is the day after.
var otherNames = map[string]string{
	"id": "person", "uuid": "person", "full name": "name", "fullname": "name", "display name": "name",
	"mail": "email", "e mail": "email", "email address": "email", "user": "login", "username": "login", "github": "login", "handle": "login",
	"org": "organization", "organisation": "organization", "company": "organization", "employer": "organization", "affiliation": "organization",
	"start": "from", "since": "from", "begin": "from", "start date": "from", "first day": "from",
	"end": "until", "to": "until", "till": "until", "end date": "until", "last day": "until",
	"source": "basis", "group": "team", "is bot": "bot",
}

func heading(head []string) (map[string]int, error) {
	at := map[string]int{}
	var odd, advice []string
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if _, twice := at[name]; twice {
			return nil, fmt.Errorf("line 1: the column %q is there twice", name)
		}
		if slices.Contains(columns, name) {
			at[name] = i
			continue
		}
		odd = append(odd, strconv.Quote(clip(name)))
		switch ours := otherNames[strings.NewReplacer("_", " ", "-", " ").Replace(name)]; ours {
		case "":
		case "until":
			advice = append(advice, fmt.Sprintf("call %s until, and let it be the day after the last", name))
		default:
			advice = append(advice, fmt.Sprintf("call %s %s", name, ours))
		}
	}
	if len(odd) > 0 {
		advice = append(advice, "the columns are "+strings.Join(columns, ", ")+" in any order; take out what is none of them")
		return nil, fmt.Errorf("line 1: unknown column %s; %s", strings.Join(odd[:min(len(odd), 10)], ", "), strings.Join(advice, "; "))
	}
	_, email := at["email"]
	_, login := at["login"]
	_, domain := at["domain"]
	if !email && !login && !domain {
		return nil, fmt.Errorf("the heading has none of email, login and domain; the columns are %s", strings.Join(columns, ", "))
	}
	return at, nil
}

type csvReader struct {
	out   Source
	at    map[string]int
	basis Basis
	index map[string]int
	// records are what the rows say, by person.
	records []Record
}

func (r *csvReader) row(line int, row []string) {
	get := func(name string) string {
		if i, ok := r.at[name]; ok && i < len(row) {
			return strings.Clone(validText([]byte(strings.TrimSpace(row[i]))))
		}
		return ""
	}
	from, err1 := r.out.day(line, get("from"))
	to, err2 := r.out.day(line, get("until"))
	basis := Basis(get("basis"))
	if basis == "" {
		basis = r.basis
	}
	switch err := errors.Join(err1, err2); {
	case err != nil:
		r.out.problem(line, "%v", err)
		return
	case !slices.Contains(Bases, basis):
		r.out.problem(line, "basis %q is none of self-declared, company, email-domain, profile", clip(string(basis)))
		return
	case !from.IsZero() && !to.IsZero() && !from.Before(to):
		r.out.problem(line, "from %s is not before until %s", from.Format(time.DateOnly), to.Format(time.DateOnly))
		return
	}
	org := orgName(get("organization"))
	if domain := get("domain"); domain != "" {
		if len(r.out.Domains) < maxDomains {
			r.out.Domains = append(r.out.Domains, DomainRule{Domain: domain, Org: org, From: from, To: to})
		} else {
			r.out.problem(line, "too many domains")
		}
		return
	}
	who := Identity{Name: get("name"), Email: get("email"), Login: get("login")}
	if who.Login != "" && !strings.Contains(who.Login, "/") {
		who.Login = "github.com/" + who.Login
	}
	person := get("person")
	if person == "" {
		person = who.Key()
	}
	if who.Email == "" && who.Login == "" && r.index[person] == 0 || len(who.Email)+len(who.Login)+len(who.Name) > 3*maxText {
		r.out.problem(line, "no email and no login")
		return
	}
	if len(r.records) >= maxPersons && r.index[person] == 0 {
		r.out.problem(line, "too many persons")
		return
	}
	rec := r.record(person, line)
	r.add(rec, who, get("team"), get("bot"))
	switch {
	case get("organization") == "":
	case len(rec.Employment) >= maxOfPerson:
		r.out.problem(line, "%s has too many employers", clip(person))
	default:
		rec.Employment = append(rec.Employment, Employment{Org: org, From: from, To: to, Basis: basis, Line: line})
	}
}

// finish looks at what the rows of each person say together.
func (r *csvReader) finish() Source {
	for _, rec := range r.records {
		r.out.add(rec)
	}
	return r.out
}

func (r *csvReader) record(person string, line int) *Record {
	i, ok := r.index[person]
	if !ok {
		r.records = append(r.records, Record{ID: person, Line: line})
		i = len(r.records)
		r.index[person] = i
	}
	return &r.records[i-1]
}

func (r *csvReader) add(rec *Record, who Identity, team, bot string) {
	if rec.Name == "" {
		rec.Name = who.Name
	}
	if rec.Team == "" {
		rec.Team = team
	}
	rec.Bot = rec.Bot || bot == "true" || bot == "yes" || bot == "1"
	if (who.Email != "" || who.Login != "") && !slices.Contains(rec.Identities, who) && len(rec.Identities) < maxOfPerson {
		rec.Identities = append(rec.Identities, who)
	}
}

// asText gives the text that spreadsheets save in other forms: UTF-16 with a byte
// order mark, lines that end in \r alone.
func asText(data []byte) []byte {
	if len(data) > 1 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff) {
		order := binary.ByteOrder(binary.LittleEndian)
		if data[0] == 0xfe {
			order = binary.BigEndian
		}
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			units = append(units, order.Uint16(data[i:]))
		}
		data = []byte(string(utf16.Decode(units)))
	}
	if bytes.IndexByte(data, '\n') < 0 {
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	return data
}

// separator is what stands between the columns of the heading: a comma, or what
// spreadsheets write where the comma is that of decimals.
func separator(data []byte) rune {
	head, _, _ := bytes.Cut(data, []byte("\n"))
	for _, other := range []byte{';', '\t'} {
		if bytes.IndexByte(head, other) >= 0 && bytes.IndexByte(head, ',') < 0 {
			return rune(other)
		}
	}
	return ','
}

// WriteCSV writes what [ReadCSV] reads, in order. Cells that a spreadsheet would
// take for a formula are kept as they are: the form is for machines.
func WriteCSV(w io.Writer, s Source) error {
	out := csv.NewWriter(w)
	_ = out.Write(columns) // an error is kept until Flush
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	for i := range s.Records {
		r := &s.Records[i]
		bot := ""
		if r.Bot {
			bot = "true"
		}
		name := r.Name
		for _, who := range r.Identities {
			if who.Name != "" && r.Name == "" {
				name = who.Name
			}
			_ = out.Write([]string{r.ID, name, who.Email, who.Login, "", "", "", "", r.Team, bot, ""})
		}
		for _, e := range r.Employment {
			org := e.Org
			if org == "" {
				org = "unknown"
			}
			_ = out.Write([]string{r.ID, "", "", "", org, date(e.From), date(e.To), string(e.Basis), "", "", ""})
		}
	}
	for _, d := range s.Domains {
		_ = out.Write([]string{"", "", "", "", d.Org, date(d.From), date(d.To), "", "", "", d.Domain})
	}
	out.Flush()
	return out.Error()
}
