package main

import (
	"os"
	"strconv"
	"strings"
)

// machineMemory is the machine's memory in bytes, 8 GiB where it cannot be told.
func machineMemory() int64 {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 8 << 30
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 || fields[0] != "MemTotal:" {
		return 8 << 30
	}
	kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 8 << 30
	}
	return kilobytes << 10
}

// ownBinary is the path of this program.
func ownBinary() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}
