package demo

import (
	"strconv"
	"strings"
)

// westernGiven is a given name with the short forms by which people go.
type westernGiven struct {
	text  string
	short []string
}

// Given names with their relative frequency and short forms, in the order of United States
// births; the frequencies are rounded.
const (
	maleGivenTable = `
James 33 Jim Jimmy Jamie;Robert 32 Bob Rob Bobby;John 31 Johnny Jack;Michael 31 Mike Mick;David 26 Dave Davy;William 25 Bill Will Billy;Richard 19 Rick Dick Rich
Joseph 19 Joe Joey;Thomas 17 Tom Tommy;Christopher 15 Chris Kit;Charles 15 Charlie Chuck;Daniel 14 Dan Danny;Matthew 12 Matt;Anthony 11 Tony;Mark 10;Donald 9 Don
Steven 9 Steve;Andrew 9 Andy Drew;Paul 9;Joshua 9 Josh;Kenneth 8 Ken Kenny;Kevin 8 Kev;Brian 7;Timothy 7 Tim;Ronald 7 Ron;George 7;Jason 7 Jay;Edward 7 Ed Ted
Jeffrey 7 Jeff;Ryan 6;Jacob 6 Jake;Nicholas 6 Nick;Gary 6;Eric 5 Rick;Jonathan 5 Jon;Stephen 5 Steve;Larry 5;Justin 5;Scott 5;Brandon 5;Benjamin 5 Ben
Samuel 5 Sam;Gregory 5 Greg;Alexander 4 Alex Sasha;Patrick 4 Pat;Frank 4;Raymond 4 Ray;Jack 4;Dennis 4 Den;Oliver 4 Ollie;Henry 3 Harry Hank;Leon 2
Matthias 2 Matt;Jürgen 2;Stefan 2;Lukas 2 Luke;Felix 2;Maximilian 2 Max;Diego 2;Carlos 2;Rafael 2 Rafa;Pierre 1;Luc 1;Sven 1;Arjun 1;Omar 1`
	femaleGivenTable = `
Mary 26 Molly May;Patricia 16 Pat Tricia Patty;Jennifer 15 Jen Jenny;Linda 15 Lin;Elizabeth 14 Liz Beth Lizzie;Barbara 14 Barb;Susan 11 Sue Susie;Jessica 10 Jess
Sarah 10 Sally;Karen 10;Lisa 10;Nancy 10 Nan;Sandra 9 Sandy;Betty 9;Ashley 9 Ash;Emily 8 Em;Kimberly 8 Kim;Margaret 8 Maggie Peggy Meg;Donna 8
Michelle 8 Shelly;Carol 8;Amanda 8 Mandy;Melissa 8 Mel;Deborah 7 Deb Debbie;Stephanie 7 Steph;Rebecca 7 Becky;Sharon 7;Laura 7 Laurie;Cynthia 7 Cindy
Dorothy 6 Dot Dottie;Amy 6;Kathleen 6 Kathy Kate;Angela 6 Angie;Shirley 5;Emma 5 Em;Brenda 5;Pamela 5 Pam;Nicole 5 Nikki;Anna 5 Annie;Samantha 5 Sam
Katherine 5 Kate Kathy Katie;Christine 5 Chris Tina;Helen 4 Nell;Debra 4 Deb;Rachel 4 Rae;Carolyn 4;Janet 4 Jan;Maria 4;Catherine 4 Cathy Kate;Heather 4
Olivia 3 Liv;Sophie 3 Soph;Charlotte 3 Lottie;Hannah 3;Julia 3 Jules;Isabella 2 Bella;Victoria 2 Vicky Tori;Ursula 2 Uschi;Johanna 2 Hanna;Käthe 1
Sofía 2;Lucía 2;Camila 1 Cami;Chloé 1;Amélie 1;Ingrid 1;Priya 1;Fatima 1;Zoë 1`
	// Surnames with their relative frequency.
	westernSurnameTable = `
Smith 24;Johnson 19;Williams 16;Brown 14;Jones 14;Garcia 12;Miller 12;Davis 11;Rodriguez 11;Martinez 11;Hernandez 10;Lopez 9;Gonzalez 8;Wilson 8;Anderson 8
Thomas 8;Taylor 8;Moore 7;Jackson 7;Martin 7;Lee 7;Perez 7;Thompson 7;White 7;Harris 6;Sanchez 6;Clark 6;Ramirez 6;Lewis 5;Robinson 5;Walker 5;Young 5;Allen 5
King 5;Wright 5;Scott 4;Torres 4;Nguyen 4;Hill 4;Flores 4;Green 4;Adams 4;Nelson 4;Baker 4;Hall 4;Rivera 4;Campbell 4;Mitchell 4;Carter 4;Roberts 4;Phillips 4
Evans 4;Turner 3;Parker 3;Edwards 3;Collins 3;Stewart 3;Morris 3;Murphy 3;Cook 3;Rogers 3;Morgan 3;Cooper 3;Peterson 3;Reed 3;Bailey 3;Bell 3;Kelly 3;Howard 3
Ward 3;Cox 3;Richardson 3;Wood 3;Watson 3;Brooks 3;Bennett 2;Gray 2;Hughes 2;Price 2;Myers 2;Long 2;Foster 2;Sanders 2;Ross 2;O'Brien 2;O'Connor 2;MacDonald 2
Müller 3;Schmidt 3;Schneider 2;Fischer 2;Weber 2;Meyer 2;Wagner 2;Becker 2;Schulz 2;Hoffmann 2;Schäfer 1;Koch 1;Bauer 1;Richter 1;Klein 1;Wolf 1;Schröder 1
Neumann 1;Schwarz 1;Zimmermann 1;Krüger 1;Weiß 1;Dubois 1;Lefèvre 1;Rossi 1;Silva 1;Novák 1;Jensen 1;Singh 2;Patel 2;Khan 2`
	// Parts of the long tail of surnames: each pair is a name.
	surnameHeads = "Ash Black Brad Brock Burn Cald Chad Clay Craw Dal East Elling Fair Garth Hales Ham Hart Hather Holl Kirk Lang Lind Mel Nor Oak Pem Ring Sher Stan Thorn Wake Wat West Whit Wink Wyn"
	surnameTails = "berry borough bourne bridge brook bury by combe dale don field ford gate grove ham hurst ley low man mere more pool ridge shaw son stead stone thorpe ton wall ward well wick win wood worth"
)

// surnameTailShare is how many Western persons have a rare surname: one of the 1,296 pairs.
const surnameTailShare = 0.5

type westernNames struct {
	given         [2][]westernGiven
	cumulative    [2][]float64
	surnames      []string
	surnameWeight []float64
	heads, tails  []string
}

func readWesternNames() westernNames {
	var n westernNames
	for i, table := range []string{maleGivenTable, femaleGivenTable} {
		total := 0.0
		for _, entry := range tableEntries(table) {
			f := strings.Fields(entry)
			total += weight(f[1])
			n.given[i] = append(n.given[i], westernGiven{f[0], f[2:]})
			n.cumulative[i] = append(n.cumulative[i], total)
		}
	}
	total := 0.0
	for _, entry := range tableEntries(westernSurnameTable) {
		f := strings.Fields(entry)
		total += weight(f[1])
		n.surnames = append(n.surnames, f[0])
		n.surnameWeight = append(n.surnameWeight, total)
	}
	n.heads, n.tails = strings.Fields(surnameHeads), strings.Fields(surnameTails)
	return n
}

func weight(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return v
}

func (n *westernNames) givenName(r *random, female bool) westernGiven {
	return n.given[side(female)][r.weighted(n.cumulative[side(female)])]
}

func (n *westernNames) surname(r *random) string {
	if r.chance(surnameTailShare) {
		return n.heads[r.below(len(n.heads))] + n.tails[r.below(len(n.tails))]
	}
	return n.surnames[r.weighted(n.surnameWeight)]
}

// withShort is the share of given names that have a short form.
func (n *westernNames) withShort() float64 {
	have, all := 0.0, 0.0
	for i := range n.given {
		before := 0.0
		for j, g := range n.given[i] {
			w := (n.cumulative[i][j] - before) / n.cumulative[i][len(n.cumulative[i])-1]
			before = n.cumulative[i][j]
			all += w
			if len(g.short) > 0 {
				have += w
			}
		}
	}
	return have / all
}

// asciiLetters spells accents and umlauts as mail addresses do.
var asciiLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "í", "i", "á", "a", "ë", "e", "'", "", " ", "")

func asciiLower(s string) string { return asciiLetters.Replace(strings.ToLower(s)) }
