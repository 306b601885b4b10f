// Command payment-gateway takes payments over HTTP and books them in a ledger.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"example.com/payment-gateway/internal/gateway"
	"example.com/payment-gateway/internal/session"
)

func main() {
	if err := serve(os.Getenv("LISTEN")); err != nil {
		log.Fatal(err)
	}
}

func serve(address string) error {
	server := &http.Server{
		Addr:              address,
		Handler:           gateway.New(session.NewStore()),
		ReadHeaderTimeout: 5 * time.Second,
	}
	return server.ListenAndServe()
}
