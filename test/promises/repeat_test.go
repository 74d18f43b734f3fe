package promises

import (
	"fmt"
	"io"
	"net/http"
)

// repeatRequest answers as the error pages of some proxies do: with all that was
// asked, credentials included.
func repeatRequest(w http.ResponseWriter, r *http.Request, status int) {
	body, _ := io.ReadAll(r.Body)
	user, password, _ := r.BasicAuth()
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><body><h1>%s</h1><p>%s %s</p><pre>%v</pre><p>%s %s</p><pre>%s</pre></body></html>",
		http.StatusText(status), r.Method, r.URL, r.Header, user, password, body)
}
