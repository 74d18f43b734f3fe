package boot

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"sync"
)

// packedScript is the script as both forms take it, gzip in base64. It is the same
// in every text and most of the work of one, so it is made once.
var packedScript = sync.OnceValue(func() string { return base64.StdEncoding.EncodeToString(pack(script)) })

// pack is gzip without a time, so that the same text gives the same bytes.
func pack(text string) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // no level is wrong, and a buffer takes all
	}
	return packed.Bytes()
}
