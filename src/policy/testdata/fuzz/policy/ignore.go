package a

//weir:ignore MOD003,MOD004 two
//weir:ignore MOD005 three
var x = 1 //weir:ignore MOD001 here
# weir:ignore MOD003 hash
