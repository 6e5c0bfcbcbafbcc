package clv

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// loss is a deviance under the log link, as a function of the linear predictor: its value,
// slope and curvature, up to a constant.
type loss func(eta, y float64) (value, slope, curvature float64)

// poisson is the loss of counts.
func poisson(eta, y float64) (float64, float64, float64) {
	mu := math.Exp(eta)
	return mu - y*eta, mu - y, mu
}

// tweedie is the loss of money, whose variance is taken to grow with the mean to the power of
// 1.5: between that of counts and that of amounts.
func tweedie(eta, y float64) (float64, float64, float64) {
	up := math.Exp(eta / 2)
	down := y / up
	return 2 * (down + up), up - down, (up + down) / 2
}

// glm is a log-linear correction of an offset: exp(offset + Bias + sum weights * z).
type glm struct {
	Bias    float64   `json:"bias"`
	Weights []float64 `json:"weights"` // of standardised features
}

func (g *glm) eta(offset float64, z []float64) float64 {
	eta := offset + g.Bias
	for i, w := range g.Weights {
		eta += w * z[i]
	}
	return math.Min(math.Max(eta, -40), 40)
}

// observations are rows that a glm learns from.
type observations struct {
	y, offset []float64
	z         [][]float64
}

// fitGLM minimises the mean loss plus ridge/2 * (bias^2 + |weights|^2) by Newton's method with
// halved steps. The bias is held too: how the last months differed from the model in total is
// no better known than the rest.
func fitGLM(o *observations, f loss, ridge float64) glm {
	if len(o.y) == 0 {
		return glm{}
	}
	k := len(o.z[0])
	g := glm{Weights: make([]float64, k)}
	total := float64(len(o.y))
	at := func(i int) *float64 {
		if i == 0 {
			return &g.Bias
		}
		return &g.Weights[i-1]
	}
	value := func() float64 {
		var sum float64
		for i, y := range o.y {
			v, _, _ := f(g.eta(o.offset[i], o.z[i]), y)
			sum += v / total
		}
		for i := range k + 1 {
			sum += ridge / 2 * *at(i) * *at(i)
		}
		return sum
	}
	now := value()
	gradient, hessian, step := mat.NewVecDense(k+1, nil), mat.NewSymDense(k+1, nil), mat.NewVecDense(k+1, nil)
	row := make([]float64, k+1)
	row[0] = 1
	for range 50 {
		gradient.Zero()
		hessian.Zero()
		for i, y := range o.y {
			_, slope, curve := f(g.eta(o.offset[i], o.z[i]), y)
			copy(row[1:], o.z[i])
			for a := range row {
				gradient.SetVec(a, gradient.AtVec(a)+slope*row[a]/total)
				for b := a; b < len(row); b++ {
					hessian.SetSym(a, b, hessian.At(a, b)+curve*row[a]*row[b]/total)
				}
			}
		}
		for i := range k + 1 {
			gradient.SetVec(i, gradient.AtVec(i)+ridge**at(i))
			hessian.SetSym(i, i, hessian.At(i, i)+ridge+1e-12)
		}
		var cholesky mat.Cholesky
		if !cholesky.Factorize(hessian) || cholesky.SolveVecTo(step, gradient) != nil {
			return g
		}
		before := glm{g.Bias, append([]float64(nil), g.Weights...)}
		scale, better := 1.0, false
		for range 20 {
			for i := range k + 1 {
				*at(i) = -scale * step.AtVec(i)
			}
			g.Bias += before.Bias
			for i := range g.Weights {
				g.Weights[i] += before.Weights[i]
			}
			if next := value(); next <= now {
				better = next < now-1e-12*math.Abs(now)
				now = next
				break
			}
			scale /= 2
			g.Bias = before.Bias
			copy(g.Weights, before.Weights)
		}
		if !better {
			break
		}
	}
	return g
}
