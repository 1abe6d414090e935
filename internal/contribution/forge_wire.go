package contribution

import (
	"encoding/json"
	"errors"
	"strings"
)

// readNeutral reads the form that docs/metrics.md documents.
func readNeutral(raw []byte) (item ForgeItem, repository string, err error) {
	var w struct {
		Repository              string
		Kind                    string
		ID                      json.RawMessage
		Author                  string
		Bot                     bool
		Created, Closed, Merged *string
		Events                  *[]struct {
			Kind, Author string
			Bot          bool
			At           *string
		}
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return item, "", err
	}
	if w.Kind != "issue" && w.Kind != "change" {
		return item, "", errors.New(`kind is neither "issue" nor "change"`)
	}
	host, _, _ := strings.Cut(w.Repository, "/")
	item = ForgeItem{ID: strings.Trim(string(w.ID), `"`), Change: w.Kind == "change", Author: account(host, w.Author, w.Bot),
		Created: forgeTime(w.Created), Closed: forgeTime(w.Closed), Merged: forgeTime(w.Merged), Silent: w.Events == nil}
	if w.Events != nil {
		for _, e := range *w.Events {
			item.event(account(host, e.Author, e.Bot), e.At, e.Kind == "review")
		}
	}
	return item, w.Repository, nil
}

// ghUser is an account as gh prints it.
type ghUser struct {
	Login string `json:"login"`
	IsBot bool   `json:"is_bot"`
}

// readGH reads what "gh issue list" and "gh pr list" print with --json.
func readGH(raw []byte) (item ForgeItem, repository string, err error) {
	var w struct {
		Number    json.Number
		URL       string
		Author    ghUser
		CreatedAt *string
		ClosedAt  *string
		MergedAt  json.RawMessage // not there for issues
		Comments  *[]struct {
			Author    ghUser
			CreatedAt *string
		}
		Reviews *[]struct {
			Author      ghUser
			SubmittedAt *string
		}
		MergedBy *ghUser
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return item, "", err
	}
	repository = repositoryOf(w.URL)
	host, _, _ := strings.Cut(repository, "/")
	var merged *string
	if err := json.Unmarshal(orNull(w.MergedAt), &merged); err != nil {
		return item, "", err
	}
	change := w.MergedAt != nil || w.Reviews != nil || strings.Contains(w.URL, "/pull/")
	item = ForgeItem{ID: w.Number.String(), Change: change, Author: account(orGitHub(host), w.Author.Login, w.Author.IsBot),
		Created: forgeTime(w.CreatedAt), Closed: forgeTime(w.ClosedAt), Merged: forgeTime(merged), Silent: w.Comments == nil}
	if w.Comments != nil {
		for _, c := range *w.Comments {
			item.event(account(orGitHub(host), c.Author.Login, c.Author.IsBot), c.CreatedAt, false)
		}
	}
	if w.Reviews != nil {
		for _, r := range *w.Reviews {
			item.event(account(orGitHub(host), r.Author.Login, r.Author.IsBot), r.SubmittedAt, true)
		}
	}
	if w.MergedBy != nil {
		item.event(account(orGitHub(host), w.MergedBy.Login, w.MergedBy.IsBot), merged, false)
	}
	return item, repository, nil
}

func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}

func orGitHub(host string) string {
	if host == "" {
		return "github.com"
	}
	return host
}

// restUser is an account in GitHub's REST interface; null for deleted ones.
type restUser struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

func (u *restUser) account(host string) Account {
	if u == nil {
		return Account{}
	}
	return account(host, u.Login, u.Type == "Bot")
}

type restComment struct {
	User      *restUser `json:"user"`
	CreatedAt *string   `json:"created_at"`
	Submitted *string   `json:"submitted_at"`
}

// readREST reads an issue or pull request of GitHub's REST interface, as it is
// or with the comments_data, reviews_data… that Perceval adds.
func readREST(raw []byte, change bool) (item ForgeItem, repository string, err error) {
	var w struct {
		Number         json.Number      `json:"number"`
		HTMLURL        string           `json:"html_url"`
		URL            string           `json:"url"`
		User           *restUser        `json:"user"`
		CreatedAt      *string          `json:"created_at"`
		ClosedAt       *string          `json:"closed_at"`
		MergedAt       *string          `json:"merged_at"`
		ClosedBy       *restUser        `json:"closed_by"`
		MergedBy       *restUser        `json:"merged_by"`
		CommentsData   *[]restComment   `json:"comments_data"`
		ReviewComments *[]restComment   `json:"review_comments_data"`
		ReviewsData    *[]restComment   `json:"reviews_data"`
		Base           *json.RawMessage `json:"base"`
		PullRequest    *struct {
			MergedAt *string `json:"merged_at"`
		} `json:"pull_request"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return item, "", err
	}
	repository = repositoryOf(w.HTMLURL)
	if repository == "" {
		repository = repositoryOf(w.URL)
	}
	host, _, _ := strings.Cut(repository, "/")
	host = orGitHub(host)
	merged := w.MergedAt
	if w.PullRequest != nil && merged == nil {
		merged = w.PullRequest.MergedAt
	}
	told := w.CommentsData != nil || w.ReviewsData != nil || w.ReviewComments != nil
	item = ForgeItem{ID: w.Number.String(), Change: change || w.PullRequest != nil || w.Base != nil, Author: w.User.account(host), Created: forgeTime(w.CreatedAt),
		Closed: forgeTime(w.ClosedAt), Merged: forgeTime(merged), Silent: !told}
	for _, list := range []*[]restComment{w.CommentsData, w.ReviewComments, w.ReviewsData} {
		if list == nil {
			continue
		}
		for _, c := range *list {
			if c.Submitted != nil {
				item.event(c.User.account(host), c.Submitted, true)
			} else {
				item.event(c.User.account(host), c.CreatedAt, list == w.ReviewComments)
			}
		}
	}
	if w.ClosedBy != nil {
		item.event(w.ClosedBy.account(host), w.ClosedAt, false)
	}
	if w.MergedBy != nil {
		item.event(w.MergedBy.account(host), merged, false)
	}
	return item, repository, nil
}
