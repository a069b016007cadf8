// Stands for an exporter that is not to be had: answers every request, and exports nothing. Its argument is the port.
package main

import (
	"net/http"
	"os"
)

func main() {
	answer := func(http.ResponseWriter, *http.Request) {}
	if err := http.ListenAndServe(":"+os.Args[1], http.HandlerFunc(answer)); err != nil {
		panic(err)
	}
}
