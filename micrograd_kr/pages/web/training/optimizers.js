// The optimizers of `micrograd_kr.nn`: from gradients to better parameters.

/** Gradient descent, with momentum as in PyTorch: v <- momentum v + grad; p <- p - lr v. */
class SGD {
  constructor(count, { momentum = 0 } = {}) {
    this.momentum = momentum;
    this.steps = 0;
    this.memory = [new Float64Array(count)]; // the velocity
  }

  step(parameters, gradient, lr) {
    this.steps += 1;
    const [velocity] = this.memory;
    for (let i = 0; i < parameters.length; i++) {
      velocity[i] = this.momentum * velocity[i] + gradient[i];
      parameters[i] -= lr * velocity[i];
    }
  }
}

/** Steps scaled by running means of the gradient and of its square (Kingma & Ba, 2015). */
class Adam {
  constructor(count, { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, decay = 0 } = {}) {
    Object.assign(this, { beta1, beta2, eps, decay });
    this.steps = 0;
    this.memory = [new Float64Array(count), new Float64Array(count)];
  }

  step(parameters, gradient, lr) {
    this.steps += 1;
    const { beta1, beta2, eps, decay } = this;
    const [m, v] = this.memory;
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = 1 - beta2 ** this.steps;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i];
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      const slowed = parameters[i] - lr * decay * parameters[i];
      parameters[i] = slowed - (lr * (m[i] / correction1)) / (Math.sqrt(v[i] / correction2) + eps);
    }
  }
}

/** What the learner may choose. AdamW's decay stands apart from the gradient (Loshchilov & Hutter, 2019). */
const OPTIMIZERS = {
  SGD: (count) => new SGD(count),
  momentum: (count, given) => new SGD(count, { momentum: 0.9, ...given }),
  Adam: (count, given) => new Adam(count, given),
  AdamW: (count, given) => new Adam(count, { decay: 0.01, ...given }),
};
