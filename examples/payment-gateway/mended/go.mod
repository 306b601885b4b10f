module example.com/payment-gateway

go 1.19

require (
	example.com/audit v1.0.0
	example.com/ledger v1.3.0
)
