module example.com/payment-gateway

go 1.19

require (
	example.com/audit v1.0.0
	example.com/ledger v1.2.0
)

replace example.com/audit => ./third_party/audit
