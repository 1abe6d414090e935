// Package investment holds the answer to "where to invest next" and writes it:
// as text for a terminal, JSON for machines, a one-page summary in Markdown or
// HTML in which every number leads to how it was derived, and a chart as SVG.
//
// It is pure: it is given a [Report] and a writer, and computes no score; package
// impact does. Start at [Report].
package investment
