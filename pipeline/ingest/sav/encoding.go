package sav

import (
	"fmt"

	"togetherwecan/pipeline/ingest/codepage"
)

// codePages are the numbers of record 7/3 that are not windows-NNNN.
var codePages = map[int32]string{
	437: "IBM437", 850: "IBM850", 852: "IBM852", 855: "IBM855", 858: "IBM00858", 860: "IBM860", 862: "IBM862",
	863: "IBM863", 865: "IBM865", 866: "IBM866", 874: "windows-874", 932: "Shift_JIS", 936: "GBK", 949: "EUC-KR",
	950: "Big5", 1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253",
	1254: "windows-1254", 1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258",
	10000: "macintosh", 20127: "US-ASCII", 20866: "KOI8-R", 20932: "EUC-JP", 21866: "KOI8-U", 28591: "ISO-8859-1",
	28592: "ISO-8859-2", 28593: "ISO-8859-3", 28594: "ISO-8859-4", 28595: "ISO-8859-5", 28596: "ISO-8859-6",
	28597: "ISO-8859-7", 28598: "ISO-8859-8", 28599: "windows-1254", 28603: "ISO-8859-13", 28605: "ISO-8859-15",
	51932: "EUC-JP", 51949: "EUC-KR", 54936: "GB18030", 65001: "UTF-8",
}

// encodingOf finds the encoding of a file: by record 7/20, or else the code
// page of record 7/3; without either, and where that says no more than ASCII,
// the file does not say.
func encodingOf(name string, codePage int32) (codepage.Encoding, error) {
	declared := name
	if name == "" {
		switch name = codePages[codePage]; {
		case codePage == 0, codePage == 2, codePage == 3: // none, and 7-bit and 8-bit ASCII
			return codepage.Encoding{}, nil
		case name == "":
			return codepage.Encoding{}, fmt.Errorf("code page %d, want one that is known, or a record 7/20", codePage)
		}
		declared = fmt.Sprintf("code page %d", codePage)
	}
	e, ok := codepage.Named(name)
	if !ok {
		return e, fmt.Errorf("encoding %q, want one that IANA or WHATWG list for text", declared)
	}
	return e, nil
}
