package audience

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"google.golang.org/protobuf/encoding/protowire"
)

// What the golden files must hold, from the platforms' own rules and not from the code that
// writes them. Digests were computed with sha256sum and md5sum.

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// sha256 of what stands behind it.
const (
	shaGmail        = "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69" // janedoe@gmail.com
	shaGmailWritten = "12122421314e3c02d8acd5467f1266e839588a1ea2e4da1c2ab81036b7cd62e5" // jane.doe+shop@gmail.com
	shaJane         = "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d" // jane@example.com
	shaHans         = "fdc1f028fbd0f81c7ca1f297db41956b7c58cc5ea63cfd9dabb9e095cdb188cf" // hans@example.com
	shaE1           = "134598c4d9c5ee9b004414e47ad9a1a7589b213314f9c249451d4d53dfbde902" // e1@example.com
	shaE2           = "d5e83f524e56d42fa80a69327911581cc30552d9f2a086e090923063dafdb409"
	shaE3           = "8ca415d6881b9727791565954ab8bba00a682d979433e1b66c896d488cc3ab9b"
	shaE4           = "58ff942af32aafc1d0d52fa247bbff7d3f4dd82387aaa4862c8b4e38779153cc"
	shaPhoneUS      = "4bf08863e40e486a98f5069264671d6f951775edc4b7caa90d440c0d15d546b0" // +13123633560
	shaPhoneUSBare  = "63c15798afde14351b2096d606af36e4dcf97e5d83c94eadac35a26556a82061" // 13123633560
	shaPhoneDE      = "b8e0a1d02d79a4e81f2eb3b718ee0d94db7473bff2fb19fe2c854256a0071853" // +4915100000001
	shaPhoneDEBare  = "12945c74de2446f10b234fbb5fd68f748f13630f6fe05f19c87c85cf5f439b63"
	shaPhoneCN      = "3ec3e1aedc044095f59e5454ddbd5c1e710404f09bf3f2169e30e4314a59b995" // +8613900001234
	shaPhoneCNBare  = "5e4cf5c7bd3dc4556694b4d6bf54a7d18d1775151de65ff740725d087458f170" // 8613900001234
	shaPhoneCNShort = "2295d39a38a88baeb51cdd78c573284c4c70a2ee795c76b9f66b57da411352c5" // 13900001234
	md5PhoneCN      = "43bd92feb0bd85231f4687cafa2383f8"                                 // 13900001234
	shaIDFA         = "70574fa9c8f498a7b2e5c8712b1126de7b1406fd02fdc591821c5bd33092fd1c" // EA7583CD-A667-48BC-B806-42ECB2B48606
	idfa            = "EA7583CD-A667-48BC-B806-42ECB2B48606"

	shaJaneName, shaDoe    = "81f8f6dde88365f3928796ec7aa53f72820b06db8664f5fe76a7eb13e24546a2", "799ef92a11af918e3fb741df42934f3b568ed2d93ac1df74f1b8d41a27932a6f"
	shaUS, sha10001        = "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621", "e443169117a184f91186b401133b20be670c7c0896f9886075e5d9b81e9d076b"
	shaNewYork, shaNY      = "350c754ba4d38897693aa077ef43072a859d23f613443133fecbbd90a3512ca5", "1b06e2003f8420d6fa42badd8f77ec0f706b976b7a48b13c567dc5a559681683"
	shaONeil, shaMueller   = "67a42a846e98e3c1a96cd6ba14883a5ea05990cd93964ce8b832aa9497ca785c", "2dbd218072117713f2d5996a726a9b216ed791ffd0783b6ba4ab6d61b8333192"
	shaDE, sha10115        = "959a45d44e6fcf58361ed004681556fe50129f2109e817dec098c00c9e5d2578", "ac7bb74de6884ffce919c15fef4193749d4588026c643973946713ac46da540d"
	shaFrankfurt, shaHesse = "825051ba993e21e15aa1f6f0d63513532c76df19302521b0a339009429693b71", "2c2ef83dd493bb102ac016675bedee76393aad3a331a3a006e7dd49ca7417668"
	shaCN                  = "ff2082aa78aea80a27cb4fb91f0350153702c16dce790a77f0bb0bfbf6899977"
	shaBeijing             = "68c77e155132565e1cbbace574552fedbb9e769c147d0e9e5ed64701f0cdf82d"
	shaBeijingShi          = "18910c0427ac05321ae1fcd950640906179bfd6e28882e6d7cbeb322ebeb3f2d"
)

// golden reads a golden file.
func golden(t *testing.T, platform, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "golden", platform, file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// cells reads a golden file of cells, which is UTF-8 without a byte order mark and ends its
// lines in a line feed.
func cells(t *testing.T, platform, file string) [][]string {
	t.Helper()
	data := golden(t, platform, file)
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) || bytes.Contains(data, []byte("\r")) || !bytes.HasSuffix(data, []byte("\n")) {
		t.Errorf("%s/%s: a byte order mark, a carriage return, or no line feed at the end", platform, file)
	}
	r := csv.NewReader(bytes.NewReader(data))
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=-@\t\r") && cell != "-1" && !money.MatchString(cell) {
				t.Errorf("%s/%s: the cell %q would be run as a formula", platform, file, cell)
			}
		}
	}
	return rows
}

var money = regexp.MustCompile(`^-?\d+\.\d\d$`)

func holds(t *testing.T, platform, file string, want [][]string) {
	t.Helper()
	if diff := cmp.Diff(want, cells(t, platform, file)); diff != "" {
		t.Errorf("%s/%s: %s", platform, file, diff)
	}
}

// Google: lower case, no blanks, no dots and no suffix for Gmail; phones with a plus; names only
// where country and postcode are there, too; country and postcode plain.
func TestGoogleByItsRules(t *testing.T) {
	holds(t, "google", "full.csv", [][]string{
		{"Email", "Phone", "First Name", "Last Name", "Country", "Zip"},
		{shaGmail, shaPhoneUS, shaJaneName, shaDoe, "US", "10001"},
		{shaJane, "", "", "", "", ""},
		{"", shaPhoneCN, "", "", "", ""},
		{shaHans, shaPhoneDE, sum("o'neil"), shaMueller, "DE", "10-115"},
		{shaE1, "", sum("=hyperlink(1)"), sum("@sum"), "US", "'=1+1"},
		{shaE1, shaPhoneCN, "", "", "", ""},
		{shaE2, shaPhoneDE, "", "", "", ""},
		{shaE3, "", "", "", "", ""},
		{shaE4, "", "", "", "", ""},
	})
	holds(t, "google", "remove.csv", [][]string{
		{"Email", "Phone", "First Name", "Last Name", "Country", "Zip"},
		{shaGmail, shaPhoneUS, "", "", "", ""},
		{shaJane, "", "", "", "", ""},
	})
}

// Meta: up to three e-mails and phones a line; e-mail trimmed and lower; phones digits alone;
// names without punctuation; city and state letters alone; country hashed, madid not.
func TestMetaByItsRules(t *testing.T) {
	header := []string{"email", "email", "email", "phone", "phone", "phone", "madid", "fn", "ln", "ct", "st", "zip", "country"}
	holds(t, "meta", "full.csv", [][]string{
		header,
		{shaGmailWritten, shaJane, "", shaPhoneUSBare, "", "", idfa, shaJaneName, shaDoe, shaNewYork, shaNY, sha10001, shaUS},
		{"", "", "", shaPhoneCNBare, "", "", "", sum("雷"), sum("李"), shaBeijing, shaBeijingShi, "", shaCN},
		{shaHans, "", "", shaPhoneDEBare, "", "", "", shaONeil, shaMueller, shaFrankfurt, shaHesse, sha10115, shaDE},
		{shaE1, "", "", "", "", "", "", sum("hyperlink1"), sum("sum"), "", "", sum("=1+1"), shaUS},
		{shaE1, shaE2, shaE3, shaPhoneCNBare, shaPhoneDEBare, "", "", "", "", "", "", "", ""},
		{shaE4, "", "", "", "", "", "", "", "", "", "", "", ""},
	})
}

// TikTok: each header at most three times, phones in E.164 with a plus.
func TestTikTokByItsRules(t *testing.T) {
	header := []string{"Email_SHA256", "Email_SHA256", "Email_SHA256", "Phone_SHA256", "Phone_SHA256", "Phone_SHA256", "MAID_SHA256"}
	holds(t, "tiktok", "full.csv", [][]string{
		header,
		{shaGmailWritten, shaJane, "", shaPhoneUS, "", "", shaIDFA},
		{"", "", "", shaPhoneCN, "", "", ""},
		{shaHans, "", "", shaPhoneDE, "", "", ""},
		{shaE1, "", "", "", "", "", ""},
		{shaE1, shaE2, shaE3, shaPhoneCN, shaPhoneDE, "", ""},
		{shaE4, "", "", "", "", "", ""},
	})
	for _, name := range header {
		if n := len(slices.DeleteFunc(slices.Clone(header), func(h string) bool { return h != name })); n > 3 {
			t.Errorf("header %s %d times", name, n)
		}
	}
}

// LinkedIn: the template's headers, unchanged.
func TestLinkedInByItsRules(t *testing.T) {
	want := [][]string{{"email", "firstname", "lastname", "jobtitle", "employeecompany", "country", "googleaid"}}
	for _, email := range []string{shaGmailWritten, shaJane, shaHans, shaE1, shaE1, shaE2, shaE3, shaE4} {
		want = append(want, []string{email, "", "", "", "", "", ""})
	}
	holds(t, "linkedin", "full.csv", want)
}

// Microsoft: hashed e-mails, and bulk records whose list is added to, removed from or replaced.
func TestMicrosoftByItsRules(t *testing.T) {
	emails := []string{shaGmailWritten, shaJane, shaHans, shaE1, shaE1, shaE2, shaE3, shaE4}
	want := [][]string{{"Email"}}
	for _, email := range emails {
		want = append(want, []string{email})
	}
	holds(t, "microsoft", "full.csv", want)
	for file, action := range map[string]string{"full_bulk.csv": "Replace", "remove_bulk.csv": "Remove"} {
		rows := cells(t, "microsoft", file)
		column := map[string]int{}
		for i, name := range rows[0] {
			column[name] = i
		}
		if rows[1][column["Type"]] != "Format Version" || rows[1][column["Name"]] != "6.0" {
			t.Errorf("%s: %v", file, rows[1])
		}
		list := rows[2]
		if list[column["Type"]] != "Customer List" || list[column["Action Type"]] != action || list[column["Audience"]] != "golden" {
			t.Errorf("%s: %v", file, list)
		}
		for i, row := range rows[3:] {
			if row[column["Type"]] != "Customer List Item" || row[column["Parent Id"]] != list[column["Id"]] || row[column["Sub Type"]] != "Email" || row[column["Text"]] != emails[i] {
				t.Errorf("%s: %v", file, row)
			}
		}
	}
}

// Tencent: one id a line, one type a file; phones as the MD5 of eleven digits, of Chinese
// numbers alone; IMEI in lower case.
func TestTencentByItsRules(t *testing.T) {
	for file, want := range map[string]string{
		"full.txt":                md5PhoneCN + "\n" + md5PhoneCN + "\n",
		"full_idfa.txt":           idfa + "\n", // the device of zeros wants not to be followed
		"full_imei.txt":           "86000000000001a\n",
		"full_oaid.txt":           "1f2e3d4c5b6a7988\n",
		"full_wechat_openid.txt":  "o-invented-1\n",
		"full_wechat_unionid.txt": "u-invented-1\n",
	} {
		if got := string(golden(t, "tencent", file)); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}

// Ocean Engine: a zip of texts, each line the base64 of DmpData; lower-case ids and their types.
func TestOceanEngineByItsRules(t *testing.T) {
	type item struct {
		kind uint64
		id   string
	}
	var got []item
	for _, line := range zipLines(t, golden(t, "oceanengine", "full.zip")) {
		message, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			t.Fatal(err)
		}
		for len(message) > 0 {
			field, wire, n := protowire.ConsumeTag(message)
			value, m := protowire.ConsumeBytes(message[n:])
			if field != 1 || wire != protowire.BytesType || m < 0 {
				t.Fatalf("field %d of wire type %d in DmpData", field, wire)
			}
			message = message[n+m:]
			var one item
			for len(value) > 0 {
				field, wire, n := protowire.ConsumeTag(value)
				value = value[n:]
				switch {
				case field == 2 && wire == protowire.VarintType:
					one.kind, n = protowire.ConsumeVarint(value)
				case field == 3 && wire == protowire.BytesType:
					var id []byte
					id, n = protowire.ConsumeBytes(value)
					one.id = string(id)
				default:
					t.Fatalf("field %d of wire type %d in IdItem", field, wire)
				}
				value = value[n:]
			}
			got = append(got, one)
		}
	}
	want := []item{
		{1, strings.ToLower(idfa)}, {6, shaPhoneCNShort}, {0, "86000000000001a"}, {7, "1f2e3d4c5b6a7988"}, {6, shaPhoneCNShort},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(item{})); diff != "" {
		t.Error(diff)
	}
}

func zipLines(t testing.TB, data []byte) []string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, member := range archive.File {
		r, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	return lines
}

func TestOceanEngineLinesHoldTenThousandIDs(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&oceanEngine.Parts[0], &b, "a", ListFull)
	if err != nil {
		t.Fatal(err)
	}
	for range 20_001 {
		if err := w.Add([]string{"6", shaPhoneCNShort}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines := zipLines(t, b.Bytes())
	if len(lines) != 3 || len(lines[2]) >= len(lines[1]) || len(lines[0]) != len(lines[1]) {
		t.Errorf("%d lines", len(lines))
	}
	if per := len(lines[0]) * oceanEngineIDs / 10_000; per > 50<<20 {
		t.Errorf("a zip of %d ids may take %d bytes, more than 50 MB", oceanEngineIDs, per)
	}
}

// Quick Audience: only phones may be hashed, so no address leaves; one type of id a file.
func TestQuickAudienceByItsRules(t *testing.T) {
	holds(t, "quickaudience", "full.csv", [][]string{{"手机号"}, {shaPhoneCNShort}, {shaPhoneCNShort}})
	holds(t, "quickaudience", "full_taobao_nick.csv", [][]string{{"淘宝昵称"}, {"'=小李"}})
	holds(t, "quickaudience", "full_taobao_id.csv", [][]string{{"淘宝ID"}, {"880001"}})
	holds(t, "quickaudience", "full_imei.csv", [][]string{{"IMEI"}, {"86000000000001a"}})
	holds(t, "quickaudience", "full_idfa.csv", [][]string{{"IDFA"}, {idfa}})
}

func TestOwnLists(t *testing.T) {
	holds(t, "email", "full.csv", [][]string{
		{"customer_id", "email"},
		{"c_jane", "jane.doe+shop@gmail.com"},
		{"c_jane", "jane@example.com"},
		{"c_hans", "hans@example.com"},
		{"c_hashed", "e1@example.com"},
		{"c_many", "e1@example.com"},
		{"c_many", "e2@example.com"},
		{"c_many", "e3@example.com"},
		{"c_many", "e4@example.com"},
	})
	holds(t, "sms", "full.csv", [][]string{
		{"customer_id", "phone"},
		{"c_jane", "+13123633560"},
		{"c_lilei", "+8613900001234"},
		{"c_hans", "+4915100000001"},
		{"c_many", "+8613900001234"},
		{"c_many", "+4915100000001"},
	})
	holds(t, "wecom", "full.csv", [][]string{{"customer_id", "id_type", "id"}, {"c_lilei", "unionid", "u-invented-1"}, {"c_lilei", "external_userid", "wm-invented-1"}})
}

// CRMs: a record's id and what is to be written beside it; segments joined by semicolons, days
// as YYYY-MM-DD; a removal empties all.
func TestCRMUpdatesByTheirRules(t *testing.T) {
	facts := []string{"c_jane", "gold", "maturity", "champions", "A", "geographic:country/US;value:high", "123.46", "0.1250", "low", "-1.51", "", "2026-10-01"}
	for file, id := range map[string]string{"full_contact.csv": "003000000000001AAA", "full_lead.csv": "00Q000000000001AAA"} {
		rows := cells(t, "salesforce", file)
		if rows[0][0] != "Id" || !slices.Equal(rows[1], append([]string{id}, facts...)) || len(rows) != 2 {
			t.Errorf("%s: %v", file, rows)
		}
		for _, name := range rows[0][1:] {
			if !strings.HasSuffix(name, "__c") {
				t.Errorf("%s: %s is no custom field", file, name)
			}
		}
	}
	if rows := cells(t, "salesforce", "full_account.csv"); len(rows) != 2 || rows[1][0] != "001000000000001AAA" || rows[1][2] != "silver" {
		t.Errorf("accounts: %v", rows)
	}
	if rows := cells(t, "salesforce", "remove_contact.csv"); len(rows) != 2 || rows[1][0] != "003000000000001AAA" || strings.Join(rows[1][1:], "") != "" {
		t.Errorf("a removal: %v", rows)
	}
	if rows := cells(t, "hubspot", "full.csv"); rows[0][0] != "Record ID" || !slices.Equal(rows[1], append([]string{"003000000000001AAA"}, facts...)) {
		t.Errorf("hubspot: %v", rows)
	}
}

// A call list: the most valuable first, numbers as numbers, no formulas.
func TestCallListByItsRules(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(golden(t, "calls", "full.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(callSheet)
	if err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, row := range rows[1:] {
		who = append(who, row[0]+" "+row[2])
	}
	want := []string{"c_lilei +8613900001234", "c_jane +13123633560", "c_hans +4915100000001", "c_many +8613900001234"}
	if !slices.Equal(who, want) {
		t.Errorf("%v, want %v", who, want)
	}
	if owner := rows[2][6]; owner != "'=cmd" {
		t.Errorf("owner %q", owner)
	}
	if kind, err := book.GetCellType(callSheet, "J2"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("the expected value is no number: %v (%v)", kind, err)
	}
}

func TestNoHashLooksLikeAPlainValueAndNoneIsHashedTwice(t *testing.T) {
	for _, name := range Platforms() {
		files := written(t, name, []Subject{{CustomerID: "c_1", IDs: []Identifier{mail(shaJane), mail(strings.ToUpper(shaJane)), mail(md5PhoneCN), number4(shaPhoneCN)}}, invented()[0]})
		for file, data := range files {
			for _, twice := range []string{sum(shaJane), sum(strings.ToUpper(shaJane)), sum(md5PhoneCN), sum(shaPhoneCN)} {
				if bytes.Contains(data, []byte(twice)) {
					t.Errorf("%s/%s holds the hash of a hash", name, file)
				}
			}
		}
	}
}
