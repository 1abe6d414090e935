package contribution

import "time"

// Metric is one answer about a community, with what it was made of.
type Metric struct {
	*Definition
	Reading
	// Since is zero for a metric that looks at all time before Until.
	Since, Until time.Time
	// Trend has the same by spans of 90 days, oldest first; nil for metrics
	// without one.
	Trend []Span
}

// Reading is the value of a metric in a window.
type Reading struct {
	Value float64
	Known bool
	// N is how many things (as [Definition.Of] names them) the value was made of.
	N int
	// Coverage is the share of those things of which is known what the metric
	// needs, in [0,1].
	Coverage float64
	// Reason says why a value is not known, and what to do about it.
	Reason string
	Note   string
	Parts  []Part
}

// Part is what one organization has in a metric.
type Part struct {
	Name   string
	N      int
	People int
	Share  float64
}

// Span is a reading of a part of the time.
type Span struct {
	Since, Until time.Time
	Reading
}

// Definition says what a metric is.
type Definition struct {
	// Name is stable: scripts ask for it.
	Name string
	// ID is the number of the metric in docs/metrics.md; several names are parts
	// or readings of one.
	ID, Title, Group string
	Unit             string
	// Of is what N counts.
	Of string
	// Least is the N below which there is no value.
	Least   int
	Formula string
	Source  string
	// AllTime is true where what came before the window is looked at too.
	AllTime bool
	Trend   bool
	// Forge is true where it needs issues and change requests.
	Forge bool
	// Ours is true where it needs to be known who is ours.
	Ours bool
}

// Intervals that the definitions use.
const (
	spanDays         = 90  // of the trend
	returnDays       = 90  // that a newcomer has to come back
	inactiveDays     = 180 // after which a contributor is inactive
	leastCommits     = 10  // below it one busy week decides
	leastPeople      = 5   // below it a share of people tells of single ones
	leastWeeks       = 4
	leastReleaseDays = 3
	leastGapDays     = 2
	leastItems       = 5   // issues or change requests
	leastKnown       = 0.5 // share of a window
)

const (
	activity      = "Activity"
	concentration = "Who carries it"
	newcomers     = "Who comes and goes"
	releasing     = "Releases"
	dependencies  = "Its own dependencies"
	ourPart       = "Our part"
	forge         = "Issues and change requests"
	chaoss        = "CHAOSS, "
)

// Definitions lists all metrics in the order in which reports show them.
var Definitions = []Definition{
	{Name: "commits", Title: "Commits", Group: activity, Unit: "commits", Of: "commits", Trend: true,
		Formula: "commits whose committer date lies in the window, each once in however many clones; without merges and bots", Source: chaoss + "Code Changes Commits"},
	{Name: "merge_commits", Title: "Merges", Group: activity, Unit: "commits", Of: "commits",
		Formula: "commits with two parents or more in the window that were left out; 0 with --merges", Source: "ours"},
	{Name: "bot_commits", Title: "Commits by bots", Group: activity, Unit: "commits", Of: "bots",
		Formula: "commits of bots in the window that were left out, of n bots; 0 with --bots", Source: chaoss + "Bot Activity"},
	{Name: "contributors", Title: "Contributors", Group: activity, Unit: "people", Of: "commits", Trend: true,
		Formula: "people with a commit in the window", Source: chaoss + "Contributors"},
	{Name: "commits_per_week", Title: "Commits a week", Group: activity, Unit: "commits", Of: "weeks", Least: leastWeeks,
		Formula: "median over the full weeks of seven days, counted back from the end of the window", Source: "ours"},
	{Name: "active_weeks", Title: "Weeks with commits", Group: activity, Unit: "share", Of: "weeks", Least: leastWeeks,
		Formula: "full weeks with a commit / full weeks in the window", Source: "ours"},
	{Name: "days_since_last_commit", Title: "Days since the last commit by a human", Group: activity, Unit: "days", Of: "commits", AllTime: true,
		Formula: "full days from the last commit that is neither a merge nor a bot's to the end of the window", Source: chaoss + "Activity Dates and Times"},

	{Name: "contributor_absence_factor", ID: "M1", Title: "Contributor absence factor", Group: concentration, Unit: "people", Of: "commits", Least: leastCommits, Trend: true,
		Formula: "people sorted by commits, most first, c1 >= c2 >= …, T their sum: the least k with c1+…+ck >= T/2. Low is concentrated", Source: chaoss + "Contributor Absence Factor"},
	{Name: "review_absence_factor", ID: "M1", Title: "Absence factor of reviews", Group: concentration, Unit: "people", Of: "reviews", Least: leastCommits, Trend: true,
		Formula: "the same over reviews of others' commits that trailers name (Reviewed-by, Acked-by, Approved-by), or where the forge tells of reviews, over change requests reviewed", Source: chaoss + "Contributor Absence Factor, by type"},
	{Name: "elephant_factor", ID: "M2", Title: "Elephant factor", Group: concentration, Unit: "organizations", Of: "commits", Least: leastCommits, Trend: true,
		Formula: "the same over organizations, for the commits whose author's employer at that time is known; who works for nobody counts alone", Source: chaoss + "Elephant Factor"},
	{Name: "elephant_factor_with_unknown", ID: "M2", Title: "Elephant factor, unknown as individuals", Group: concentration, Unit: "organizations", Of: "commits", Least: leastCommits, Trend: true,
		Formula: "the same over all commits, with everybody whose employer is not known as an organization alone: the most it can be", Source: chaoss + "Elephant Factor; ours"},
	{Name: "organizations", ID: "M3", Title: "Organizations", Group: concentration, Unit: "organizations", Of: "commits", Trend: true,
		Formula: "employers with a commit in the window; unknown is none of them", Source: chaoss + "Organizational Diversity"},
	{Name: "organization_concentration", ID: "M3", Title: "Concentration of organizations", Group: concentration, Unit: "index", Of: "commits", Least: leastCommits, Trend: true,
		Formula: "sum of squared shares (Herfindahl-Hirschman) over employers and people who work for nobody, for the commits whose author's employer is known: 1/n for n equal ones, 1 for one alone", Source: "ours"},
	{Name: "new_organizations", ID: "M3", Title: "New organizations", Group: concentration, Unit: "organizations", Of: "organizations", AllTime: true, Trend: true,
		Formula: "employers whose first ever commit lies in the window", Source: chaoss + "Organizational Diversity"},
	{Name: "unknown_affiliation", ID: "M3", Title: "Commits of unknown employers", Group: concentration, Unit: "share", Of: "commits", Least: 1, Trend: true,
		Formula: "commits whose author's employer nobody knows / commits", Source: "ours"},

	{Name: "new_contributors", ID: "M10", Title: "New contributors", Group: newcomers, Unit: "people", Of: "people", AllTime: true, Trend: true,
		Formula: "people whose first ever commit lies in the window, of n with a commit in it", Source: chaoss + "New Contributors"},
	{Name: "inactive_contributors", ID: "M11", Title: "Contributors who fell silent", Group: newcomers, Unit: "people", Of: "people", Trend: true,
		Formula: "people with a commit in the window whose last one is more than 180 days before the date of the answer, of n with a commit in it", Source: chaoss + "Inactive Contributors"},
	{Name: "second_commit_conversion", ID: "M12", Title: "Newcomers with a second commit", Group: newcomers, Unit: "share", Of: "newcomers", Least: leastPeople, AllTime: true, Trend: true,
		Formula: "of the people whose first ever commit lies in the window, the share with another by the end of it", Source: chaoss + "Conversion Rate, with first and second commit as stages"},
	{Name: "returning_newcomers", ID: "M12", Title: "Newcomers who came back", Group: newcomers, Unit: "share", Of: "newcomers", Least: leastPeople, AllTime: true,
		Formula: "of the people whose first ever commit lies in the window and at least 90 days before its end, the share with a commit on a later day (UTC) within 90 days", Source: "ours"},
	{Name: "retained_contributors", Title: "Contributors who stayed", Group: newcomers, Unit: "share", Of: "people", Least: leastPeople, AllTime: true, Trend: true,
		Formula: "of the people with a commit in the time of the same length before the window, the share with one in it", Source: chaoss + "Contributor retention; ours"},
	{Name: "sustained_contributors", Title: "Sustained contributors", Group: newcomers, Unit: "people", Of: "people",
		Formula: "people with commits in three different calendar months (UTC) of the window, of n with a commit in it", Source: "ours"},

	{Name: "releases", ID: "M13", Title: "Releases", Group: releasing, Unit: "releases", Of: "days", Trend: true,
		Formula: "tags that name a version, point releases too, without prereleases, in the window, on n days", Source: chaoss + "Release Frequency"},
	{Name: "median_release_gap", ID: "M13", Title: "Median days between releases", Group: releasing, Unit: "days", Of: "days", Least: leastGapDays,
		Formula: "median gap between days with releases in the window", Source: chaoss + "Release Frequency"},
	{Name: "longest_release_gap", ID: "M13", Title: "Longest time between releases", Group: releasing, Unit: "days", Of: "days", Least: leastGapDays,
		Formula: "longest gap between days with releases in the window; the time since the last one is apart", Source: chaoss + "Release Frequency"},
	{Name: "days_since_last_release", ID: "M13", Title: "Days since the last release", Group: releasing, Unit: "days", Of: "releases", Least: 1, AllTime: true,
		Formula: "days (UTC) from the last release to the end of the window", Source: chaoss + "Release Frequency"},
	{Name: "release_lateness", ID: "M13", Title: "Days since the last release by the usual gap", Group: releasing, Unit: "ratio", Of: "days", Least: leastReleaseDays, AllTime: true,
		Formula: "days since the last release / max(1, median gap of the last 20 days with releases)", Source: "ours"},

	{Name: "libyears", ID: "M14", Title: "Libyears of direct dependencies", Group: dependencies, Unit: "years", Of: "dependencies", Least: 1,
		Formula: "sum of max(0, publication of the latest stable version - of the version in use), in years of 365.25 days, over direct dependencies whose dates are known; several versions of a package count each", Source: chaoss + "Libyears; Cox et al. 2015"},
	{Name: "libyears_mean", ID: "M14", Title: "Libyears by direct dependency, mean", Group: dependencies, Unit: "years", Of: "dependencies", Least: 1,
		Formula: "the same by dependency", Source: chaoss + "Libyears"},
	{Name: "libyears_median", ID: "M14", Title: "Libyears by direct dependency, median", Group: dependencies, Unit: "years", Of: "dependencies", Least: 1,
		Formula: "median over direct dependencies", Source: chaoss + "Libyears"},
	{Name: "libyears_transitive", ID: "M14", Title: "Libyears of transitive dependencies", Group: dependencies, Unit: "years", Of: "dependencies", Least: 1,
		Formula: "the sum over transitive dependencies", Source: chaoss + "Libyears"},

	{Name: "our_commits", Title: "Our commits", Group: ourPart, Unit: "commits", Of: "commits", Trend: true, Ours: true,
		Formula: "commits in the window whose author worked for us then", Source: "ours"},
	{Name: "our_share", Title: "Our share of commits", Group: ourPart, Unit: "share", Of: "commits", Least: leastCommits, Trend: true, Ours: true,
		Formula: "our commits / commits; a lower bound where employers are not known", Source: chaoss + "Organizational Influence"},
	{Name: "our_reviews", Title: "Our reviews", Group: ourPart, Unit: "commits", Of: "reviews", Trend: true, Ours: true,
		Formula: "commits in the window that one of ours reviewed and did not author, by trailers, of n that anybody did; where the forge tells of reviews, change requests", Source: "ours"},
	{Name: "our_people", Title: "Our people", Group: ourPart, Unit: "people", Of: "people", Trend: true, Ours: true,
		Formula: "people of ours with a commit in the window, of n people", Source: "ours"},
	{Name: "our_sustained_people", Title: "Our sustained people", Group: ourPart, Unit: "people", Of: "people", Ours: true,
		Formula: "people with commits for us in three different calendar months (UTC) of the window, of n people of ours", Source: "ours"},
	{Name: "our_sustained_share", Title: "Share of our commits by sustained people", Group: ourPart, Unit: "share", Of: "commits", Least: leastCommits, Ours: true,
		Formula: "commits of our sustained people / our commits", Source: "ours"},
	{Name: "succession", Title: "Our people who are the absence factor", Group: ourPart, Unit: "people", Of: "people", Least: 1, Ours: true,
		Formula: "people of ours with at least ck commits, where c1…ck are those of the contributor absence factor: from 1 on the project leans on us, and a successor is ours to find", Source: "ours"},

	{Name: "time_to_first_response", ID: "M4", Title: "Days to the first response", Group: forge, Unit: "days", Of: "items", Least: leastItems, Forge: true, Trend: true,
		Formula: "median over issues and change requests opened in the window of first event by another human - opened; what still waits counts as longer than it waited (Kaplan-Meier)", Source: chaoss + "Time to First Response"},
	{Name: "time_to_first_response_p90", ID: "M4", Title: "Days to the first response, 90 %", Group: forge, Unit: "days", Of: "items", Least: leastItems, Forge: true,
		Formula: "the same, 90th percentile", Source: chaoss + "Time to First Response"},
	{Name: "response_within_2_business_days", ID: "M4", Title: "Responses within two business days", Group: forge, Unit: "share", Of: "items", Least: leastItems, Forge: true,
		Formula: "items opened in the window answered within two business days (Monday to Friday, UTC) / items opened that had that time", Source: chaoss + "Starter Project Health"},
	{Name: "unanswered", ID: "M4", Title: "Items without a response", Group: forge, Unit: "items", Of: "items", Forge: true,
		Formula: "items opened in the window that no other human answered yet", Source: "ours"},
	{Name: "time_to_close", ID: "M5", Title: "Days to close a change request", Group: forge, Unit: "days", Of: "change requests", Least: leastItems, Forge: true,
		Formula: "median of closed - opened over change requests closed in the window (last close)", Source: chaoss + "Time to Close"},
	{Name: "change_request_closure_ratio", ID: "M6", Title: "Change requests closed by opened", Group: forge, Unit: "ratio", Of: "change requests", Least: leastItems, Forge: true, Trend: true,
		Formula: "change requests closed in the window (merged or declined) / opened in the window; may pass 1", Source: chaoss + "Change Request Closure Ratio"},
	{Name: "change_request_backlog_ratio", ID: "M6", Title: "Change requests closed by all that waited", Group: forge, Unit: "ratio", Of: "change requests", Least: leastItems, Forge: true,
		Formula: "closed in the window / (open at its start + opened in it)", Source: "ours"},
	{Name: "change_request_acceptance_ratio", ID: "M7", Title: "Change requests merged by declined", Group: forge, Unit: "ratio", Of: "change requests", Least: leastItems, Forge: true,
		Formula: "merged in the window / closed without merge in the window; no value where none was declined", Source: chaoss + "Change Request Acceptance Ratio"},
	{Name: "change_request_merged_share", ID: "M7", Title: "Share of change requests merged", Group: forge, Unit: "share", Of: "change requests", Least: leastItems, Forge: true,
		Formula: "merged / (merged + declined) in the window", Source: "ours"},
	{Name: "change_request_duration", ID: "M8", Title: "Days to merge a change request", Group: forge, Unit: "days", Of: "change requests", Least: leastItems, Forge: true,
		Formula: "median of merged - opened over change requests opened in the window and merged", Source: chaoss + "Change Requests Duration"},
	{Name: "issue_age", ID: "M9", Title: "Age of open issues in days", Group: forge, Unit: "days", Of: "issues", Least: leastItems, Forge: true, AllTime: true,
		Formula: "median of end of the window - opened over issues open then", Source: chaoss + "Issue Age"},
	{Name: "issue_resolution_duration", ID: "M9", Title: "Days to resolve an issue, mean", Group: forge, Unit: "days", Of: "issues", Least: leastItems, Forge: true,
		Formula: "mean of closed - opened over issues closed in the window (the published definition is a mean)", Source: chaoss + "Issue Resolution Duration"},
	{Name: "our_change_requests", Title: "Change requests by our people", Group: forge, Unit: "items", Of: "change requests", Forge: true, Ours: true, Trend: true,
		Formula: "change requests opened in the window by people who worked for us then, of n opened", Source: "ours"},
	{Name: "our_change_requests_merged_share", Title: "Share of our change requests merged", Group: forge, Unit: "share", Of: "change requests", Least: leastItems, Forge: true, Ours: true,
		Formula: "merged / closed, of our change requests closed in the window", Source: "ours"},
	{Name: "our_open_change_requests", Title: "Our open change requests", Group: forge, Unit: "items", Of: "change requests", Forge: true, Ours: true,
		Formula: "change requests of ours that are open at the end of the window, of n open ones", Source: "ours"},
	{Name: "our_change_requests_waiting_on_us", Title: "Our change requests that wait for us", Group: forge, Unit: "items", Of: "change requests", Forge: true, Ours: true,
		Formula: "our open change requests whose last event by a human is another's and more than 14 days old, of n open ones of ours", Source: "ours"},
	{Name: "participant_conversion", ID: "M12", Title: "Participants whose change was merged", Group: forge, Unit: "share", Of: "people", Least: leastPeople, Forge: true,
		Formula: "of the people who opened, commented on or reviewed anything in the window, the share with a change request merged in it", Source: chaoss + "Conversion Rate, D2/D1"},
}

// DefinitionOf gives a metric by its name, nil for none.
func DefinitionOf(name string) *Definition {
	for i := range Definitions {
		if Definitions[i].Name == name {
			return &Definitions[i]
		}
	}
	return nil
}
