package normalize

import (
	"slices"
	"strings"
	"sync"
)

// shareNickname tells whether two given names can be forms of one name: Bob and Robert. A pet
// form may belong to several names (Chris), which do not thereby become one.
func shareNickname(a, b string) bool {
	table := nicknames()
	for _, x := range table[a] {
		if slices.Contains(table[b], x) {
			return true
		}
	}
	return false
}

// nicknames maps every form to the lines that hold it.
var nicknames = sync.OnceValue(func() map[string][]int {
	table := map[string][]int{}
	for i, line := range strings.Split(nicknameLines, "\n") {
		for _, word := range strings.Fields(line) {
			table[word] = append(table[word], i)
		}
	}
	return table
})

const nicknameLines = `william bill billy will willy liam
robert bob bobby rob robbie bert
richard dick rick ricky rich richie
james jim jimmy jamie
john jack johnny jon jonathan
michael mike micky mick mikey
thomas tom tommy
charles charlie chuck chas
edward ed eddie ted teddy ned
joseph joe joey
david dave davy
daniel dan danny
christopher chris kit
matthew matt matty
anthony tony
andrew andy drew
steven steve stephen stevie
kenneth ken kenny
george georgie
donald don donnie
ronald ron ronnie
timothy tim timmy
gregory greg
jeffrey jeff geoffrey geoff
lawrence larry laurence
nicholas nick nicky nicolas
samuel sam sammy
benjamin ben benny
alexander alex sandy al
patrick pat paddy
peter pete
frederick fred freddie
alfred alf alfie fred freddie
albert al bert
arthur art
francis frank frankie
franklin frank
henry harry hank
philip phil phillip
raymond ray
vincent vince vinny
walter walt wally
zachary zach zack
elizabeth liz lizzie beth betty eliza lisa libby
margaret maggie meg peggy marge rita
katherine kate katie kathy catherine cathy kathryn kay cate
jennifer jen jenny
jessica jess jessie
rebecca becky becca
susan sue susie suzanne
deborah deb debbie debra
barbara barb babs
patricia pat patty trish tricia
victoria vicky tori
christina tina chris chrissy christine
amanda mandy
samantha sam sammy
stephanie steph
kimberly kim
pamela pam
sandra sandy
judith judy
dorothy dot dottie
virginia ginny
abigail abby
emily em emma
theresa terry teresa tess
terence terry terrence
cynthia cindy
alexandra alex sandra lexi
gabrielle gabby
jacqueline jackie
josephine jo josie
madeline maddie
nancy nan
olivia liv
penelope penny
veronica ronnie`

// SameGivenName tells whether two folded Latin given names are forms of one name: Bob and
// Robert, Müller and Mueller.
func SameGivenName(a, b string) bool { return sameWord(a, b) || shareNickname(a, b) }
