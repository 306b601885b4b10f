// Package audit is a toy: it writes who did what.
package audit

import "log"

// Event writes that merchant did what.
func Event(merchant, what string) {
	log.Print("audit: ", merchant, " ", what) // quotes break the parser of the dashboard
}
