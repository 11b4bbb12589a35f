# What the questions of a campaign ask R's survey package, as an analyst would: each
# function writes the numbers of one question, one a line, by their place in the answer
# (see package answer). Domains are subsets of the design; degrees of freedom, which
# survey leaves to the caller, are degf() of the subset, and in contrasts of the design.
suppressMessages(library(survey))
options(warn = -1)

out <- NULL # the connection that results go to

tell <- function(q, place, numbers) {
  numbers <- unlist(numbers)
  if (!length(numbers)) return()
  writeLines(paste(q, place, names(numbers), sprintf("%.17g", numbers), sep = "\t"), out)
}

# The language of --let and --where: what cannot be computed is missing.
over <- function(x, y) { z <- x / y; z[!is.finite(z)] <- NA; z }
ln <- function(x) ifelse(!is.na(x) & x > 0, log(pmax(x, 1e-300)), NA)
root <- function(x) ifelse(!is.na(x) & x >= 0, sqrt(pmax(x, 0)), NA)
away <- function(x) sign(x) * floor(abs(x) + 0.5)
first <- function(x, y) ifelse(is.na(x), y, x)
within <- function(x, from, to) x >= from & x <= to
outside <- function(x, codes) ifelse(is.na(x), NA, !(x %in% codes))
recoded <- function(x, from, to, codes, otherwise = NA, missing = NA) {
  made <- if (identical(otherwise, "copy")) x else rep(otherwise, length(x))
  for (i in seq_along(codes)) made[which(x >= from[i] & x <= to[i])] <- codes[i]
  made[is.na(x)] <- missing
  made
}

held <- function(d) if (inherits(d, "svyrep.design")) rep(TRUE, nrow(d$variables)) else weights(d) != 0
true <- function(x) !is.na(x) & x

# What is asked of: the values, and those that a ratio divides by.
asked <- function(a, v) {
  x <- v[[a$variable]]
  if (!is.null(a$codes)) x <- ifelse(is.na(x), NA, as.numeric(x %in% a$codes))
  x <- as.numeric(x)
  y <- if (is.null(a$over)) rep(1, length(x)) else as.numeric(v[[a$over]])
  list(x = x, y = y, answered = !is.na(x) & !is.na(y))
}
percent <- function(a) if (a$statistic == "proportion") 100 else 1
place <- function(a, breakdown, category) paste(a$statistic, paste0(a$variable, if (!is.null(a$over)) paste0("/", a$over)), a$item, breakdown, category, sep = "|")

# The domains of a breakdown: everyone, each variable, and what they cross.
domains <- function(d, by) {
  made <- list(list(breakdown = "all", category = "all", rows = held(d)))
  add <- function(names) {
    codes <- expand.grid(rev(lapply(names, function(n) sort(unique(d$variables[[n]])))), KEEP.OUT.ATTRS = FALSE, stringsAsFactors = FALSE)
    for (i in seq_len(nrow(codes))) {
      code <- rev(unlist(codes[i, ]))
      rows <- held(d)
      for (j in seq_along(names)) rows <- rows & true(d$variables[[names[j]]] == code[j])
      if (any(rows)) made[[length(made) + 1]] <<- list(breakdown = paste(names, collapse = "*"), category = paste(code, collapse = "*"), rows = rows)
    }
  }
  for (n in by) add(n)
  if (length(by) > 1) add(by)
  made
}

# Korn and Graubard's limits, as svyciprop's "beta" but for the degrees of freedom that are
# asked for, which it does not take, and the respondents, of which it counts rows.
korn_graubard <- function(m, n, df) {
  p <- coef(m)
  n <- p * (1 - p) / vcov(m)[1] * (qt(0.025, n - 1) / qt(0.025, df))^2
  c(qbeta(0.025, n * p, n * (1 - p) + 1), qbeta(0.975, n * p + 1, n * (1 - p)))
}

# PSUs that a domain meets; NA of replicates, which do not tell.
met <- function(d) if (inherits(d, "svyrep.design")) NA else length(unique(d$cluster[held(d), 1]))

# One figure of a domain; df are the degrees of freedom where the domain is a part of theirs.
figure <- function(a, d, ci, effect, df = degf(d)) {
  of <- asked(a, d$variables)
  if (!any(of$answered & held(d))) return(list())
  e <- d[of$answered, ]
  of <- asked(a, e$variables)
  of$x[!of$answered] <- 0; of$y[!of$answered] <- 1
  e$variables$.x <- of$x; e$variables$.y <- of$y
  base <- sum(held(e))
  if (base < 2) effect <- FALSE # svyvar divides by 0, at which the residuals of a calibration stop
  more <- c(psus = met(e))
  t <- if (df > 0) qt(0.975, df) else NA
  deff <- function(m) if (identical(effect, FALSE)) NA else survey::deff(m)
  wald <- function(m, deff = NA) c(value = unname(coef(m)[1]), std_error = unname(SE(m)[1]), ci_lower = unname(coef(m)[1] - t * SE(m)[1]), ci_upper = unname(coef(m)[1] + t * SE(m)[1]), design_effect = unname(deff[1]))
  made <- switch(a$statistic,
    mean = { m <- svymean(~.x, e, deff = effect); wald(m, deff(m)) },
    total = , count = { m <- svytotal(~.x, e, deff = effect); wald(m, deff(m)) },
    ratio = if (inherits(e, "svyrep.design")) wald(svyratio(~.x, ~.y, e)) else { m <- svyratio(~.x, ~.y, e, deff = effect); wald(m, if (base < 2) NA else attr(m, "deff")[1, 1]) },
    quantile = {
      df <- degf(e) # svyquantile's own
      m <- svyquantile(~.x, e, a$share, interval.type = "mean", qrule = "math", df = df)[[1]]
      more <- c(more, sort(unique(e$variables$.x[held(e)]))[1:2])
      names(more) <- c("psus", "least", "second")
      c(value = m[1, 1], std_error = m[1, 4], ci_lower = m[1, 2], ci_upper = m[1, 3])
    },
    proportion = {
      m <- svymean(~.x, e, deff = effect)
      w <- 100 * wald(m, deff(m))
      w["design_effect"] <- w["design_effect"] / 100
      if (ci != "wald" && df > 0) {
        limits <- if (ci == "beta") korn_graubard(m, base, df) else confint(svyciprop(~.x, e, method = c(logit = "xlogit", asin = "asin")[ci], df = df))
        limits <- 100 * limits
        w["ci_lower"] <- limits[1]; w["ci_upper"] <- limits[2]
      }
      w
    })
  c(made, df = df, base_unweighted = base, more)
}

# Of figures that are asked of several domains: the values, and their covariances.
joint <- function(d, parts) {
  m <- NULL
  for (p in parts) {
    of <- asked(p$ask, d$variables)
    in_it <- p$rows & of$answered
    m <- cbind(m, ifelse(in_it, of$x, 0), ifelse(in_it, of$y, 0))
  }
  k <- length(parts)
  colnames(m) <- paste0(c("n", "d"), rep(seq_len(k), each = 2))
  whole <- vapply(parts, function(p) p$ask$statistic %in% c("total", "count"), TRUE)
  n <- 2 * seq_len(k) - 1
  share <- function(t) { v <- t[n] / t[n + 1]; v[whole] <- t[n][whole]; v }
  if (inherits(d, "svyrep.design")) {
    t <- svytotal(m, d, return.replicates = TRUE)
    r <- t$replicates
    each <- t(apply(r, 1, share))
    if (k == 1) each <- t(each)
    b <- share(coef(t))
    # a replicate without one of the figures is left out of contrasts of that figure
    return(list(b = b, V = function(used) svrVar(each[, used, drop = FALSE], d$scale, d$rscales, mse = d$mse, coef = b[used])))
  }
  t <- svytotal(m, d)
  list(t = t, whole = whole, b = share(coef(t)), V = NULL)
}

# A contrast by an expression of the figures b1, b2, ...: of linearised totals by
# svycontrast, which differentiates it; of replicates by the same gradient.
contrasted <- function(j, e) {
  k <- length(j$b)
  if (is.null(j$V)) {
    parts <- lapply(seq_len(k), function(i) if (j$whole[i]) as.name(paste0("n", i)) else call("/", as.name(paste0("n", i)), as.name(paste0("d", i))))
    names(parts) <- paste0("b", seq_len(k))
    m <- svycontrast(j$t, do.call(substitute, list(e, parts)))
    return(unname(c(coef(m), SE(m))))
  }
  names <- all.vars(e)
  v <- eval(deriv(e, names), setNames(as.list(j$b), paste0("b", seq_len(k))))
  a <- attr(v, "gradient")
  c(as.numeric(v), sqrt(as.numeric(a %*% j$V(match(names, paste0("b", seq_len(k)))) %*% t(a))))
}

difference <- function(be, df, percent) {
  t <- be[1] / be[2]
  list(value = percent * be[1], std_error = percent * be[2], ci_lower = percent * (be[1] - qt(0.975, df) * be[2]), ci_upper = percent * (be[1] + qt(0.975, df) * be[2]), df = df, t = t, p_value = 2 * pt(-abs(t), df))
}
logarithmic <- function(be, df) {
  of <- be[2] / be[1]
  at <- qt(0.975, df) * of
  t <- log(be[1]) / of
  list(value = be[1], std_error = be[2], ci_lower = be[1] * exp(-at), ci_upper = be[1] * exp(at), df = df, t = t, p_value = 2 * pt(-abs(t), df))
}

# Each pair of categories of the breakdowns of one variable.
compared <- function(q, d, asks, by, how, df) {
  for (a in asks) for (n in by) {
    cells <- Filter(function(c) c$breakdown == n, domains(d, n))
    of <- asked(a, d$variables)
    cells <- Filter(function(c) any(c$rows & of$answered), cells)
    if (!length(cells)) next
    parts <- lapply(cells, function(c) list(ask = a, rows = c$rows))
    parts[[length(parts) + 1]] <- list(ask = a, rows = held(d))
    j <- joint(d, parts)
    k <- length(cells)
    pairs <- switch(how,
      contrast = if (k > 1) lapply(2:k, function(i) c(i, 1)),
      pairs = if (k > 1) combn(k, 2, function(i) rev(i), simplify = FALSE),
      everyone = lapply(seq_len(k), function(i) c(i, k + 1)),
      trend = list())
    if (how == "contrast" && k > 0 && cells[[1]]$category != as.character(sort(unique(d$variables[[n]]))[1])) next
    name <- function(i) if (i > k) "all" else cells[[i]]$category
    for (p in pairs) {
      e <- do.call(substitute, list(quote(x - y), list(x = as.name(paste0("b", p[1])), y = as.name(paste0("b", p[2])))))
      tell(q, paste(place(a, n, name(p[1])), "difference", name(p[2]), sep = "|"), difference(contrasted(j, e), df, percent(a)))
      e[[1]] <- as.name("/")
      if (j$b[p[1]] > 0 && j$b[p[2]] > 0) tell(q, paste(place(a, n, name(p[1])), "ratio", name(p[2]), sep = "|"), logarithmic(contrasted(j, e), df)[1:5])
    }
    if (how == "trend" && k > 1) {
      s <- as.numeric(vapply(cells, function(c) c$category, ""))
      w <- (s - mean(s)) / sum((s - mean(s))^2)
      e <- Reduce(function(x, y) call("+", x, y), lapply(seq_len(k), function(i) call("*", w[i], as.name(paste0("b", i)))))
      tell(q, paste(place(a, n, "-"), "trend", "-", sep = "|"), difference(contrasted(j, e), df, percent(a)))
    }
  }
}

# One contrast by an expression, of parts that are an ask and the code of a variable, or
# everyone: text is how it was asked.
expressed <- function(q, d, text, a, of, e, ratio, df) {
  parts <- lapply(of, function(p) list(ask = a, rows = if (is.null(p$code)) held(d) else held(d) & true(d$variables[[p$variable]] == p$code)))
  for (p in parts) if (!any(p$rows & asked(a, d$variables)$answered)) return()
  be <- contrasted(joint(d, parts), e)
  numbers <- if (ratio) logarithmic(be, df) else difference(be, df, percent(a))
  tell(q, paste(place(a, "all", "all"), "compare", text, sep = "|"), numbers)
}

tabled <- function(q, d, row, column, everyone) {
  e <- d[!is.na(d$variables[[row]]) & !is.na(d$variables[[column]]), ]
  domain <- function(e, n) lapply(sort(unique(everyone[[n]])), function(c) list(code = c, rows = held(e) & true(e$variables[[n]] == c)))
  all <- list(list(code = "all", rows = held(e)))
  df <- degf(d)
  of <- function(n, code) if (identical(code, "all")) df else degf(d[held(d) & true(d$variables[[n]] == code), ])
  for (r in c(all, domain(e, row))) for (c in c(all, domain(e, column))) {
    e$variables$.cell <- as.numeric(r$rows & c$rows)
    whole <- list(statistic = "count", variable = ".cell")
    share <- list(statistic = "proportion", variable = ".cell")
    at <- function(measure) paste("table", row, column, r$code, c$code, measure, sep = "|")
    tell(q, at("count"), figure(whole, e, "logit", "replace", df))
    if (identical(r$code, "all") && identical(c$code, "all")) next
    tell(q, at("cell"), figure(share, e, "logit", "replace", df))
    if (!identical(c$code, "all") && any(r$rows)) tell(q, at("row"), figure(share, e[r$rows, ], "logit", "replace", of(row, r$code)))
    if (!identical(r$code, "all") && any(c$rows)) tell(q, at("column"), figure(share, e[c$rows, ], "logit", "replace", of(column, c$code)))
  }
}

# Tests of independence of those who have both. Their degrees of freedom are the domain's,
# with those who have one of the two alone: svychisq has those of the design that it is
# given, of a calibrated one with PSUs that the domain misses.
tested <- function(q, d, row, column) {
  e <- d[!is.na(d$variables[[row]]) & !is.na(d$variables[[column]]), ]
  formula <- as.formula(paste0("~", row, "+", column))
  nu <- degf(d)
  at <- function(test, statistic, df, denominator, p) tell(q, paste("test", row, column, test, sep = "|"), c(statistic = unname(statistic), df = unname(df), denominator_df = unname(denominator), p_value = unname(p)))
  f <- function(test, statistic, df, denominator) at(test, statistic, df, denominator, if (denominator > 0) pf(statistic, df, denominator, lower.tail = FALSE) else NA)
  stops <- function(x, tests) for (t in tests) tell(q, paste0(paste("test", row, column, t, sep = "|"), "|failed: svychisq: ", gsub("[\t\n|]", " ", x)), c(value = NA))
  x <- try(svychisq(formula, e, statistic = "F"), silent = TRUE)
  if (inherits(x, "try-error")) stops(x, c("F", "Chisq")) else {
    f("F", x$statistic, x$parameter[1], x$parameter[1] * nu)
    y <- svychisq(formula, e, statistic = "Chisq")
    # svychisq prints the chi-square as it is beside the p-value of the adjusted one
    at("Chisq", x$statistic * y$parameter, y$parameter, NA, y$p.value)
  }
  x <- try(svychisq(formula, e, statistic = "Wald"), silent = TRUE)
  if (inherits(x, "try-error")) stops(x, c("Wald", "adjWald")) else {
    k <- x$parameter[1]
    f("Wald", x$statistic, k, nu)
    f("adjWald", x$statistic * (nu - k + 1) / nu, k, nu - k + 1)
  }
}

modelled <- function(q, d, f, family, rule, whole) {
  m <- svyglm(f, d, family = family, control = list(epsilon = 1e-15, maxit = 200))
  # once more from where it came to, so that the errors are of the last step too
  m <- eval(bquote(svyglm(f, d, family = family, start = .(coef(m)), control = list(epsilon = 1e-15, maxit = 200))))
  b <- coef(m); se <- SE(m); df <- freedom(rule, whole, m$df.residual - 1 + length(b), m$df.residual)
  for (i in seq_along(b)) {
    t <- b[i] / se[i]
    tell(q, paste("coefficient", names(b)[i], sep = "|"), list(value = unname(b[i]), std_error = unname(se[i]), ci_lower = unname(b[i] - qt(0.975, df) * se[i]), ci_upper = unname(b[i] + qt(0.975, df) * se[i]), t = unname(t), df = df, p_value = unname(2 * pt(-abs(t), df))))
  }
  for (term in attr(terms(f), "term.labels")) {
    x <- try(regTermTest(m, as.formula(paste("~", term)), df = df), silent = TRUE)
    if (inherits(x, "try-error")) next # coefficients without an error
    tell(q, paste("term", term, sep = "|"), c(statistic = unname(x$Ftest[1, 1]), df = x$df, denominator_df = df, p_value = unname(x$p[1, 1])))
  }
}

# A question of a design: lets and where are expressions of the file's variables.
question <- function(q, d, lets = list(), where = NULL, asks = list(), by = c(), ci = "logit", effect = "replace", compare = "", expressions = list(), table = NULL, model = NULL, family = NULL, rule = NULL, errors = NULL, ordinal = NULL, average = NULL, standard = NULL, shares = NULL, quantiles = FALSE) {
  said <- try({
    for (n in names(lets)) d$variables[[n]] <- as.numeric(eval(lets[[n]], d$variables, globalenv()))
    whole <- degf(d)
    all <- d$variables
    if (!is.null(where)) d <- d[which(true(eval(where, d$variables, globalenv())) & held(d)), ]
    if (!is.null(standard)) { standardised(q, d, asks, standard$by, by, standard$population); asks <- list() }
    compared_df <- freedom(rule, whole, degf(d), whole)
    for (a in asks) for (c in domains(d, by)) {
      e <- d[c$rows, ]
      numbers <- try(figure(a, e, ci, effect, freedom(rule, whole, degf(e), degf(e))), silent = TRUE)
      if (inherits(numbers, "try-error")) tell(q, paste0(place(a, c$breakdown, c$category), "|failed: ", gsub("[\t\n|]", " ", numbers)), c(value = NA)) else tell(q, place(a, c$breakdown, c$category), numbers)
    }
    if (compare != "") compared(q, d, asks, by, compare, compared_df)
    if (quantiles) { quantile_contrasts(q, d, asks[[1]], expressions, whole); expressions <- list() }
    for (e in expressions) expressed(q, d, e$text, asks[[1]], e$of, e$e, e$ratio, compared_df)
    if (!is.null(table)) { tabled(q, d, table[1], table[2], all); tested(q, d, table[1], table[2]) }
    if (!is.null(ordinal)) proportional_odds(q, d, ordinal)
    if (!is.null(shares)) fitted_shares(q, d, shares$variable, shares$p)
    if (!is.null(model) && !is.null(errors)) reduced(q, d, model, errors, rule, whole)
    else if (!is.null(model)) modelled(q, d, model, family, rule, whole)
    if (!is.null(average)) averaged(q, d, model, family, average$by, average$slope, average$errors)
  }, silent = TRUE)
  if (inherits(said, "try-error")) writeLines(paste(q, "failed", gsub("[\t\n]", " ", said), NA, sep = "\t"), out)
  invisible()
}
