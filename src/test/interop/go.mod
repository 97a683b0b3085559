module asterism/interop

go 1.21
