package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/payment-gateway/internal/session"
)

func TestPay(t *testing.T) {
	sessions := session.NewStore()
	sessions.Open("t", "shop")
	handler := New(sessions)
	for target, want := range map[string]int{
		"/pay?token=t&cents=100":   http.StatusOK,
		"/pay?token=t&cents=1e2":   http.StatusBadRequest,
		"/pay?token=t&cents=-5":    http.StatusBadRequest,
		"/pay?token=no&cents=100":  http.StatusUnauthorized,
		"/elsewhere?token=t&cents": http.StatusNotFound,
	} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, target, nil))
		if recorder.Code != want {
			t.Errorf("%s: %d, want %d", target, recorder.Code, want)
		}
	}
}
