package clv

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// logBound keeps every parameter between e^-12 and e^12. Beyond that a likelihood is flat:
// the family has degenerated to a simpler one and more digits mean nothing.
const logBound = 12.0

// gradientTolerance is the largest slope per customer, on the log scale, at which an
// optimum is accepted.
const gradientTolerance = 1e-6

// bounded maps an unbounded coordinate to a parameter, and gives the slope of the
// parameter's log.
func bounded(u float64) (parameter, slope float64) {
	th := math.Tanh(u / logBound)
	return math.Exp(logBound * th), 1 - th*th
}

// coordinate is the inverse of bounded.
func coordinate(parameter float64) float64 {
	th := math.Log(parameter) / logBound
	th = math.Min(math.Max(th, -0.999999), 0.999999)
	return logBound * math.Atanh(th)
}

// objective is a log-likelihood with its gradient, both by the parameters themselves.
type objective func(parameters, gradient []float64) (logLikelihood float64)

// optimum is where an objective is largest.
type optimum struct {
	parameters []float64
	ll         float64
	slope      float64 // largest component of the gradient on the log scale, per weight
	atBound    bool    // a parameter sits within one unit of the bound on the log scale
}

// maximize climbs from each start by L-BFGS over bounded log-parameters and keeps the best
// summit. weight is the number of observations: it makes the tolerance independent of size.
func maximize(f objective, weight float64, starts [][]float64) (optimum, error) {
	best := optimum{ll: math.Inf(-1)}
	for _, start := range starts {
		if found, ok := climb(f, weight, start); ok && found.ll > best.ll {
			best = found
		}
	}
	if best.parameters == nil {
		return best, fmt.Errorf("no start of %d led to a finite likelihood", len(starts))
	}
	return best, nil
}

func climb(f objective, weight float64, start []float64) (optimum, bool) {
	n := len(start)
	parameters, gradient := make([]float64, n), make([]float64, n)
	last := make([]float64, n)
	lastLL := math.NaN()
	at := func(u []float64) float64 { // the optimiser asks for value and slope of one point apart
		if !math.IsNaN(lastLL) && slices.Equal(u, last) {
			return lastLL
		}
		for i := range u {
			parameters[i], _ = bounded(u[i])
		}
		copy(last, u)
		lastLL = f(parameters, gradient)
		return lastLL
	}
	problem := optimize.Problem{
		Func: func(u []float64) float64 { return finite(-at(u) / weight) },
		Grad: func(grad, u []float64) {
			at(u)
			for i := range u {
				p, slope := bounded(u[i])
				grad[i] = -gradient[i] * p * slope / weight
			}
		},
	}
	settings := &optimize.Settings{
		GradientThreshold: gradientTolerance / 100,
		MajorIterations:   500,
		Converger:         &optimize.FunctionConverge{Absolute: 1e-15, Relative: 1e-15, Iterations: 20},
	}
	u := make([]float64, n)
	for i, p := range start {
		u[i] = coordinate(p)
	}
	result, err := optimize.Minimize(problem, u, settings, &optimize.LBFGS{})
	for range restarts { // on a ridge the remembered curvature misleads: begin anew where it stopped
		if result == nil || math.IsInf(result.F, 0) || math.IsNaN(result.F) || slopeAt(problem, result.X) <= gradientTolerance {
			break
		}
		result, err = optimize.Minimize(problem, result.X, settings, &optimize.LBFGS{})
	}
	if result == nil || math.IsInf(result.F, 0) || math.IsNaN(result.F) {
		return optimum{}, false
	}
	_ = err // a line search that cannot improve any more is judged by the slope below
	out := optimum{parameters: make([]float64, n), ll: at(result.X)}
	for i := range n {
		p, slope := bounded(result.X[i])
		out.parameters[i] = p
		out.slope = math.Max(out.slope, math.Abs(gradient[i]*p*slope)/weight)
		out.atBound = out.atBound || math.Abs(math.Log(p)) > logBound-1
	}
	return out, !math.IsNaN(out.ll) && !math.IsNaN(out.slope)
}

// restarts of a climb that stopped on a slope.
const restarts = 4

func slopeAt(p optimize.Problem, u []float64) float64 {
	gradient := make([]float64, len(u))
	p.Grad(gradient, u)
	var slope float64
	for _, g := range gradient {
		slope = math.Max(slope, math.Abs(g))
	}
	return slope
}

// finite turns what an optimiser cannot handle into a wall.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return math.MaxFloat64
	}
	return v
}

// maximizeLarge finds the summit of part, which holds a fraction of the observations of
// whole, and climbs on whole from there alone.
func maximizeLarge(whole objective, weight float64, part objective, partWeight float64, starts [][]float64) (optimum, error) {
	first, err := maximize(part, partWeight, starts)
	if err != nil {
		return first, err
	}
	if !first.atBound {
		if best, ok := polish(whole, weight, part, partWeight, first.parameters); ok {
			return best, nil
		}
	}
	best, err := maximize(whole, weight, [][]float64{first.parameters})
	if err == nil && best.slope > gradientTolerance {
		best, err = maximize(whole, weight, starts) // the part led astray
	}
	return best, err
}

// Newton steps of polish: how many, how far on the log scale, and when it is done.
const (
	polishSteps = 12
	polishReach = 0.5
	polishSlope = 1e-10
)

// polish climbs on whole by Newton's method with the curvature of part, which is nearly the
// same per observation: each step reads all observations once. Where that gains little (on a
// ridge) the curvature of whole is taken. ok is false where it does not settle.
func polish(whole objective, weight float64, part objective, partWeight float64, start []float64) (best optimum, ok bool) {
	n := len(start)
	var cholesky mat.Cholesky
	if !cholesky.Factorize(curvature(part, start)) {
		return best, false
	}
	p, gradient := slices.Clone(start), make([]float64, n)
	slopes, step := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	before := math.Inf(1)
	for range polishSteps {
		ll := whole(p, gradient)
		slope := 0.0
		for i := range p {
			slopes.SetVec(i, gradient[i]*p[i]/weight*partWeight)
			slope = math.Max(slope, math.Abs(gradient[i]*p[i])/weight)
		}
		if math.IsNaN(ll) || math.IsNaN(slope) {
			return best, false
		}
		if best.parameters == nil || slope < best.slope {
			best = optimum{parameters: slices.Clone(p), ll: ll, slope: slope}
		}
		if slope < polishSlope || slope > before/2 && slope < gradientTolerance/100 {
			return best, true
		}
		if slope > before/8 && !cholesky.Factorize(curvatureTimes(whole, p, partWeight/weight)) || cholesky.SolveVecTo(step, slopes) != nil {
			return best, false // the curvature of part does not do, and that of whole is no summit's
		}
		before = slope
		for i := range p {
			move := math.Min(math.Max(step.AtVec(i), -polishReach), polishReach)
			p[i] *= math.Exp(move)
			if math.Abs(math.Log(p[i])) > logBound-1 {
				return best, false
			}
		}
	}
	return best, best.slope < gradientTolerance/100
}

func curvatureTimes(f objective, parameters []float64, factor float64) *mat.SymDense {
	c := curvature(f, parameters)
	c.ScaleSym(factor, c)
	return c
}

// curvature is minus the matrix of second derivatives on the log scale, from central
// differences of the analytic gradient.
func curvature(f objective, parameters []float64) *mat.SymDense {
	const step = 1e-4
	n := len(parameters)
	shifted, gradient := make([]float64, n), make([]float64, n)
	slopes := func(k int, by float64) []float64 {
		copy(shifted, parameters)
		shifted[k] *= math.Exp(by)
		f(shifted, gradient)
		out := make([]float64, n)
		for i := range out {
			out[i] = gradient[i] * shifted[i]
		}
		return out
	}
	rows := make([][]float64, n)
	for k := range n {
		up, down := slopes(k, step), slopes(k, -step)
		rows[k] = make([]float64, n)
		for i := range n {
			rows[k][i] = -(up[i] - down[i]) / (2 * step)
		}
	}
	out := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			out.SetSym(i, j, (rows[i][j]+rows[j][i])/2)
		}
	}
	return out
}

// standardErrors inverts the curvature on the log scale and returns to the parameters by the
// delta method. It returns nil when the curvature is not positive definite (a ridge or a
// bound).
func standardErrors(f objective, parameters []float64) []float64 {
	n := len(parameters)
	var cholesky mat.Cholesky
	if !cholesky.Factorize(curvature(f, parameters)) || cholesky.Cond() > 1e12 {
		return nil
	}
	var inverse mat.SymDense
	if err := cholesky.InverseTo(&inverse); err != nil {
		return nil
	}
	out := make([]float64, n)
	for i := range n {
		out[i] = parameters[i] * math.Sqrt(inverse.At(i, i))
		if math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			return nil
		}
	}
	return out
}
