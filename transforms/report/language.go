package report

import "html/template"

// The page is written in English and Chinese. A term, which is a word or two, shows both, the
// Chinese one beside the English one; a sentence shows in English until the reader chooses Chinese,
// since two of each would hide the figures between them. The choice is a switch of three radio
// buttons at the top that the style sheet follows: no script. What bears no language shows always.

// term sets an English term with the Chinese one beside it.
func term(en, zh string) template.HTML {
	switch {
	case zh == "" || zh == en:
		return template.HTML(template.HTMLEscapeString(en)) //nolint:gosec // escaped
	case en == "":
		return template.HTML(template.HTMLEscapeString(zh)) //nolint:gosec // escaped
	}
	return template.HTML(`<span lang="en">` + template.HTMLEscapeString(en) + `</span> <span class="zh" lang="zh">` + template.HTMLEscapeString(zh) + `</span>`) //nolint:gosec // escaped
}

// say is a sentence in the reader's language.
func say(en, zh template.HTML) template.HTML {
	return `<span class="say" lang="en">` + en + `</span><span class="say" lang="zh">` + zh + `</span>`
}

// both names a term in plain text, for titles and labels that cannot follow the switch.
func both(en, zh string) string {
	if zh == "" || zh == en {
		return en
	}
	return en + " " + zh
}
