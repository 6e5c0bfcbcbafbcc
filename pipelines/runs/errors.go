package runs

import "fmt"

// Exit codes of the program.
const (
	ExitFailed      = 1 // failed while running
	ExitConfig      = 2 // the config or the arguments are wrong
	ExitEnvironment = 3 // the environment is missing something
	ExitData        = 4 // a data check failed
)

// CodedError is an error that decides the exit code.
type CodedError struct {
	Code int
	Err  error
}

func (e *CodedError) Error() string { return e.Err.Error() }

// ExitCode is the exit code; tasks on workers hand it to the driver.
func (e *CodedError) ExitCode() int { return e.Code }

// Unwrap gives the error below.
func (e *CodedError) Unwrap() error { return e.Err }

// ConfigError is a mistake in the config or the arguments.
func ConfigError(format string, args ...any) error {
	return &CodedError{ExitConfig, fmt.Errorf(format, args...)}
}

// EnvironmentError is something that the machine lacks.
func EnvironmentError(format string, args ...any) error {
	return &CodedError{ExitEnvironment, fmt.Errorf(format, args...)}
}

// DataError is a data check that failed.
func DataError(format string, args ...any) error {
	return &CodedError{ExitData, fmt.Errorf(format, args...)}
}

// CodeVersion is stamped by `make build`; it is the same in driver and workers.
var CodeVersion = "unversioned"
