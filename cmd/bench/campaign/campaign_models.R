# More of what the questions of a campaign ask: ordinal models, average predictions and
# slopes, errors without the bias of few PSUs, standardised figures, given shares, and
# contrasts of quantiles. What survey has no function for is written out from its parts.

# Weights within limits, what that takes or gives shared by the others until none is beyond:
# a weight that was cut stays where it is, as trimWeights has it from survey 4.2 on.
trimmed <- function(d, lower, upper) {
  w <- 1 / d$prob; cut <- rep(FALSE, length(w))
  repeat {
    out <- !cut & (w < lower | w > upper)
    if (!any(out)) break
    off <- sum(w[out] - pmin(pmax(w[out], lower), upper))
    w[out] <- pmin(pmax(w[out], lower), upper)
    cut <- cut | out
    w[!cut] <- w[!cut] + off / sum(!cut)
  }
  d$prob <- 1 / w
  d
}

# Degrees of freedom by a rule, of a design and its part; own are those without a rule.
freedom <- function(rule, whole, domain, own) if (is.null(rule)) own else if (rule == "design") whole else if (rule == "domain") domain else as.numeric(rule)

told_coefficient <- function(q, name, b, se, df) {
  b <- unname(b)
  t <- b / se
  p <- if (df > 0) qt(0.975, df) else NA
  tell(q, paste("coefficient", name, sep = "|"), list(value = b, std_error = se, ci_lower = b - p * se, ci_upper = b + p * se, t = t, df = df, p_value = if (df > 0) 2 * pt(-abs(t), df) else NA))
}
told_average <- function(q, name, b, se, df, tested) {
  t <- b / se
  p <- if (df > 0) qt(0.975, df) else NA
  numbers <- list(value = b, std_error = se, ci_lower = b - p * se, ci_upper = b + p * se, df = df)
  if (tested) numbers <- c(numbers, t = t, p_value = if (df > 0) 2 * pt(-abs(t), df) else NA)
  tell(q, paste("average", name, sep = "|"), numbers)
}

complete <- function(d, f) d[held(d) & complete.cases(d$variables[all.vars(f)]), ]
variances <- function(u, d) vcov(svytotal(u, d)) # of sums of values per unit of weight
# Values under each replicate: f takes the weights.
each_replicate <- function(d, of, values) {
  r <- apply(weights(d, "analysis"), 2, of)
  svrVar(t(r), d$scale, d$rscales, mse = d$mse, coef = values)
}

# A model of proportional odds: Newton's method from svyolr's end to the last digit, and the
# sandwich with the second derivatives as they are, which svyolr has by differences.
cumulative <- function(x, y, w, start) {
  q <- max(y) - 1; k <- ncol(x)
  at <- function(par) {
    z <- c(-Inf, par[k + 1:q], Inf); eta <- drop(x %*% par[1:k])
    a <- z[y + 1] - eta; b <- z[y] - eta
    p <- ifelse(a + b > 0, plogis(-b) - plogis(-a), plogis(a) - plogis(b))
    da <- cbind(-x, outer(y, 1:q, "==") * 1); db <- cbind(-x, outer(y - 1, 1:q, "==") * 1)
    score <- (dlogis(a) * da - dlogis(b) * db) / p
    turn <- function(v) ifelse(is.finite(v), dlogis(v) * (1 - 2 * plogis(v)), 0)
    list(score = score, hessian = crossprod(da, w * turn(a) / p * da) - crossprod(db, w * turn(b) / p * db) - crossprod(score, w * score))
  }
  par <- start
  for (i in 1:40) { m <- at(par); par <- par - solve(m$hessian, colSums(w * m$score)) }
  m <- at(par)
  list(par = par, influence = m$score %*% solve(-m$hessian))
}
proportional_odds <- function(q, d, f) {
  e <- complete(d, f)
  y <- as.integer(factor(e$variables[[all.vars(f)[1]]]))
  e$variables$.o <- factor(y)
  form <- update(f, .o ~ .)
  use <- held(e)
  x <- model.matrix(form, e$variables[use, ])[, -1, drop = FALSE]
  w <- if (inherits(e, "svyrep.design")) weights(e, "sampling") else weights(e)
  start <- try(svyolr(form, e), silent = TRUE)
  if (inherits(start, "try-error")) { # it finds no start: that of nobody differing
    up <- cumsum(tapply(w[use], y[use], sum)) / sum(w[use])
    m <- cumulative(x, y[use], w[use], c(rep(0, ncol(x)), qlogis(up[-length(up)])))
  } else {
    m <- cumulative(x, y[use], w[use], c(start$coefficients, start$zeta))
    stopifnot(max(abs(m$par - c(start$coefficients, start$zeta))) < 0.02) # svyolr's own end is near
  }
  if (inherits(e, "svyrep.design")) {
    V <- each_replicate(e, function(u) cumulative(x, y[use], u[use], m$par)$par, m$par)
  } else {
    u <- matrix(0, nrow(e$variables), length(m$par)); u[use, ] <- m$influence
    V <- variances(u, e)
  }
  codes <- sort(unique(d$variables[[all.vars(f)[1]]][held(d)]))
  names <- c(colnames(x), paste(codes[-length(codes)], codes[-1], sep = "|"))
  df <- degf(if (inherits(e, "svyrep.design")) d else e) + 1 - length(m$par)
  for (i in seq_along(names)) told_coefficient(q, names[i], m$par[[i]], sqrt(V[i, i]), df)
  of <- attr(model.matrix(form, e$variables[use, ]), "assign")[-1]
  for (t in unique(of)) {
    i <- which(of == t)
    x2 <- try(drop(m$par[i] %*% solve(V[i, i], m$par[i])) / length(i), silent = TRUE)
    if (!inherits(x2, "try-error")) tell(q, paste("term", attr(terms(f), "term.labels")[t], sep = "|"), c(statistic = x2, df = length(i), denominator_df = df, p_value = if (df > 0) pf(x2, length(i), df, lower.tail = FALSE) else NA))
  }
}

# What a model predicts on average with by at each of its values, and the slope by a number.
averaged <- function(q, d, f, family, by, slope, errors) {
  e <- complete(d, f)
  fit <- function(e) {
    m <- svyglm(f, e, family = family, control = list(epsilon = 1e-15, maxit = 200))
    eval(bquote(svyglm(f, e, family = family, start = .(coef(m)), control = list(epsilon = 1e-15, maxit = 200))))
  }
  m <- fit(d); b <- coef(m); use <- held(e); v <- e$variables[use, ]
  w <- (if (inherits(e, "svyrep.design")) weights(e, "sampling") else weights(e))[use]
  terms <- delete.response(terms(f))
  matrix_of <- function(v) model.matrix(terms, model.frame(terms, v, xlev = m$xlevels))
  mm <- matrix_of(v)
  levels <- sort(unique(v[[by]]))
  at <- lapply(levels, function(l) { v[[by]] <- l; matrix_of(v) })
  bend <- switch(family$family, gaussian = function(eta) 0 * eta, quasibinomial = function(eta) dlogis(eta) * (1 - 2 * plogis(eta)), quasipoisson = exp)
  j <- match(slope, names(b))
  each <- function(b) cbind(sapply(at, function(x) family$linkinv(drop(x %*% b))), family$mu.eta(drop(mm %*% b)) * b[j])
  values <- function(w, b) colSums(w * each(b)) / sum(w)
  eta <- drop(mm %*% b)
  G <- t(cbind(sapply(at, function(x) colSums(w * family$mu.eta(drop(x %*% b)) * x)), colSums(w * bend(eta) * b[j] * mm) + sum(w * family$mu.eta(eta)) * (seq_along(b) == j))) / sum(w)
  all <- values(w, b)
  about <- sweep(each(b), 2, all) / sum(w)
  put <- function(u) { made <- matrix(0, nrow(e$variables), ncol(u)); made[use, ] <- u; made }
  V <- G %*% vcov(m) %*% t(G)
  if (errors == "separate") V <- V + vcov(svymean(put(each(b)), e))
  if (errors == "sampled") {
    if (inherits(e, "svyrep.design")) {
      y <- eval(f[[2]], v)
      V <- each_replicate(e, function(u) {
        r <- glm.fit(mm[u[use] > 0, ], y[u[use] > 0], u[use][u[use] > 0], start = b, family = family, control = list(epsilon = 1e-15, maxit = 200, trace = FALSE))
        r <- glm.fit(mm[u[use] > 0, ], y[u[use] > 0], u[use][u[use] > 0], start = coef(r), family = family, control = list(epsilon = 1e-15, maxit = 200, trace = FALSE))
        values(u[use], coef(r))
      }, all)
    } else {
      y <- eval(f[[2]], v)
      V <- variances(put((mm * (y - family$linkinv(eta))) %*% solve(crossprod(mm, w * family$mu.eta(eta) * mm)) %*% t(G) + about), e)
    }
  }
  df <- m$df.residual; k <- length(levels)
  for (i in seq_len(k)) told_average(q, paste0(by, "=", levels[i]), all[[i]], sqrt(V[i, i]), df, FALSE)
  for (i in seq_len(k)[-1]) told_average(q, paste0(by, "=", levels[i], " - ", by, "=", levels[1]), all[[i]] - all[[1]], sqrt(V[i, i] + V[1, 1] - 2 * V[i, 1]), df, TRUE)
  told_average(q, slope, all[[k + 1]], sqrt(V[k + 1, k + 1]), df, TRUE)
}

# Errors of a linear model whose bias in few PSUs is taken out, with whole matrices (see
# pipeline/testdata/models/reduced.R).
reduced <- function(q, d, f, how, rule, whole) {
  root <- function(m) { g <- eigen(m, symmetric = TRUE); g$vectors %*% (ifelse(g$values > 1e-10, 1, 0) / sqrt(pmax(g$values, 1e-10)) * t(g$vectors)) }
  e <- complete(d, f)
  x <- model.matrix(f, e$variables); y <- eval(f[[2]], e$variables); w <- weights(e); n <- nrow(x)
  A <- solve(crossprod(x * sqrt(w)))
  b <- drop(A %*% crossprod(x, w * y))
  b <- b + drop(A %*% crossprod(x, w * (y - x %*% b)))
  own <- drop(y - x %*% b)
  v <- if (how == "cr2") w else rep(1, n)
  inverse <- solve(crossprod(x * sqrt(v)))
  left <- diag(n) - x %*% inverse %*% t(x * v)
  of <- split(seq_len(n), e$cluster[, 1], drop = TRUE)
  times <- lapply(of, function(i) root(tcrossprod(left[i, , drop = FALSE])))
  for (k in seq_along(of)) own[of[[k]]] <- times[[k]] %*% own[of[[k]]]
  u <- (x * own * w) %*% A
  V <- if (how == "cr2") crossprod(rowsum(u, e$cluster[, 1])) else survey:::svyrecvar(u, e$cluster, e$strata, e$fpc)
  adds <- lapply(seq_along(of), function(k) t(left[of[[k]], , drop = FALSE]) %*% times[[k]] %*% (x * v)[of[[k]], , drop = FALSE] %*% inverse)
  domain <- degf(e)
  one <- diag(ncol(x))
  P <- function(h) sapply(adds, function(a) a %*% h)
  for (j in seq_len(ncol(x))) {
    G <- crossprod(P(one[, j]))
    told_coefficient(q, colnames(x)[j], b[j], sqrt(V[j, j]), freedom(rule, whole, domain, sum(diag(G))^2 / sum(G^2)))
  }
  for (t in setdiff(unique(attr(x, "assign")), 0)) {
    C <- one[, attr(x, "assign") == t, drop = FALSE]; k <- ncol(C)
    F <- drop(t(b) %*% C %*% solve(t(C) %*% V %*% C) %*% t(C) %*% b) / k
    df <- freedom(rule, whole, domain, NA)
    if (is.null(rule)) {
      parts <- lapply(seq_len(k), function(s) P(C[, s]))
      expected <- outer(seq_len(k), seq_len(k), Vectorize(function(s, t) sum(parts[[s]] * parts[[t]])))
      turned <- C %*% root(expected)
      parts <- lapply(seq_len(k), function(s) P(turned[, s]))
      variance <- 0
      for (s in seq_len(k)) for (t2 in seq_len(k)) { G <- crossprod(parts[[s]], parts[[t2]]); variance <- variance + sum(G * t(G)) + sum(crossprod(parts[[s]]) * crossprod(parts[[t2]])) }
      eta <- k * (k + 1) / variance
      F <- F * (eta - k + 1) / eta; df <- eta - k + 1
    }
    if (df > 0) tell(q, paste("term", attr(terms(f), "term.labels")[t], sep = "|"), c(statistic = F, df = k, denominator_df = df, p_value = pf(F, k, df, lower.tail = FALSE)))
  }
}

# Figures that are brought to a standard within everyone and within the categories of over.
standardised <- function(q, d, asks, by, over, population) {
  for (a in asks) {
    of <- asked(a, d$variables)
    d$variables$.s <- ifelse(of$answered, 1, NA)
    for (n in c("all", over)) {
      form <- if (n == "all") ~1 else as.formula(paste0("~", n))
      missing <- as.formula(paste(c("~.s", by, if (n != "all") n), collapse = " + "))
      s <- svystandardize(d[held(d), ], as.formula(paste0("~", by)), form, population, excluding.missing = missing)
      for (c in domains(s, if (n == "all") c() else n)) {
        if (c$breakdown != n) next
        of_it <- if (n == "all") held(d) else held(d) & true(as.character(d$variables[[n]]) == c$category)
        tell(q, place(a, c$breakdown, c$category), figure(a, s[c$rows, ], "wald", "replace", degf(d[of_it, ])))
      }
    }
  }
}

# Whether the categories of a variable have given shares, from the shares' covariance.
fitted_shares <- function(q, d, variable, p) {
  nu <- degf(d)
  e <- d[held(d) & !is.na(d$variables[[variable]]), ]
  e$variables$.f <- factor(e$variables[[variable]], seq_along(p))
  m <- svymean(~.f, e, na.rm = TRUE)
  n <- sum(held(e)); k <- length(p) - 1
  x <- n * sum((coef(m) - p)^2 / p)
  lambda <- eigen(n * vcov(m) / sqrt(outer(p, p)), symmetric = TRUE, only.values = TRUE)$values[1:k]
  trace <- sum(lambda); df <- trace^2 / sum(lambda^2)
  at <- function(test, statistic, df, denominator, p) tell(q, paste("test", variable, "", test, sep = "|"), c(statistic = statistic, df = df, denominator_df = denominator, p_value = p))
  at("F", x / trace, df, df * nu, if (nu > 0) pf(x / trace, df, df * nu, lower.tail = FALSE) else NA)
  at("Chisq", x / trace * k, k, NA, pchisq(x / trace * k, k, lower.tail = FALSE))
}

# Contrasts of a quantile: the covariances of the shares below, over the densities that the
# widths of both intervals give (Francisco and Fuller 1991).
quantile_contrasts <- function(q, d, a, expressions, df) {
  for (x in expressions) {
    parts <- lapply(x$of, function(p) if (is.null(p$code)) held(d) else held(d) & true(d$variables[[p$variable]] == p$code))
    found <- lapply(parts, function(rows) {
      e <- d[rows & !is.na(d$variables[[a$variable]]), ]
      e$variables$.x <- ifelse(is.na(e$variables[[a$variable]]), 0, e$variables[[a$variable]])
      m <- svyquantile(~.x, e, a$share, interval.type = "mean", qrule = "math", df = degf(e))[[1]]
      e$variables$.b <- as.numeric(e$variables$.x <= m[1, 1])
      c(second = any(m[1, 1:3] %in% sort(unique(e$variables$.x[held(e)]))[2]), q = m[1, 1], slope = m[1, 4] / unname(SE(svymean(~.b, e))[1]))
    })
    b <- sapply(found, `[[`, "q"); slope <- sapply(found, `[[`, "slope")
    d$variables$.y <- NA
    j <- joint_below(d, a, parts, b)
    g <- attr(eval(deriv(x$e, paste0("b", seq_along(b))), setNames(as.list(b), paste0("b", seq_along(b)))), "gradient")
    v <- eval(x$e, setNames(as.list(b), paste0("b", seq_along(b))))
    be <- c(v, sqrt(as.numeric((g * slope) %*% j %*% t(g * slope))))
    numbers <- if (x$ratio) logarithmic(be, df) else difference(be, df, 1)
    numbers$turned <- as.numeric(any(sapply(found, `[[`, "second") == 1))
    tell(q, paste(place(a, "all", "all"), "compare", x$text, sep = "|"), numbers)
  }
}
# The covariance of the shares at or below values in parts.
joint_below <- function(d, a, parts, values) {
  y <- d$variables[[a$variable]]
  m <- NULL
  for (i in seq_along(parts)) { rows <- parts[[i]] & !is.na(y); m <- cbind(m, ifelse(rows, as.numeric(y <= values[i]), 0), as.numeric(rows)) }
  n <- 2 * seq_along(parts) - 1
  share <- function(t) t[n] / t[n + 1]
  if (inherits(d, "svyrep.design")) {
    t <- svytotal(m, d, return.replicates = TRUE)
    return(svrVar(t(apply(t$replicates, 1, share)), d$scale, d$rscales, mse = d$mse, coef = share(coef(t))))
  }
  t <- svytotal(m, d); s <- coef(t)
  G <- matrix(0, length(parts), ncol(m))
  for (i in seq_along(parts)) { G[i, n[i]] <- 1 / s[n[i] + 1]; G[i, n[i] + 1] <- -s[n[i]] / s[n[i] + 1]^2 }
  G %*% vcov(t) %*% t(G)
}
