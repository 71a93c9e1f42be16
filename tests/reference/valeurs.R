# Computes the values that tests/reference checks qpref against. Run in this folder:
#   Rscript valeurs.R        (R 4.2.2, survey 4.1-1, MASS, car, carData, jsonlite)
# Data sets: survey (api), MASS (housing), datasets (UCBAdmissions), carData (CES11), and one
# invented survey drawn here with a seed. Rows needed by the tests are written to donnees/.
suppressMessages({library(survey); library(MASS); library(car); library(carData); library(jsonlite)})
options(survey.lonely.psu = "fail")
data(api)
v <- list(origine = paste(R.version.string, "survey", packageVersion("survey"), "MASS", packageVersion("MASS"), "car", packageVersion("car")))

keep <- c("snum", "stype", "awards", "sch.wide", "dnum", "api00", "api99", "enroll", "pw", "fpc")
write.csv(apistrat[, keep], "donnees/apistrat.csv", row.names = FALSE, quote = FALSE)
write.csv(apiclus1[, keep], "donnees/apiclus1.csv", row.names = FALSE, quote = FALSE)
write.csv(apisrs[, keep], "donnees/apisrs.csv", row.names = FALSE, quote = FALSE)

designs <- list(
  srs = svydesign(~1, weights = ~pw, data = apisrs),
  srs_fpc = svydesign(~1, weights = ~pw, fpc = ~fpc, data = apisrs),
  strat = svydesign(~1, strata = ~stype, weights = ~pw, data = apistrat),
  strat_fpc = svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat),
  clus = svydesign(~dnum, weights = ~pw, data = apiclus1),
  clus_fpc = svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
)
one <- function(x) list(value = unname(coef(x)[1]), se = unname(SE(x)[1]))
v$design <- lapply(designs, function(d) {
  d <- update(d, won = as.numeric(awards == "Yes"))
  p <- svymean(~won, d, deff = "replace")
  list(
    mean = one(svymean(~api00, d)), share = one(p), deff = unname(deff(p)[1]),
    total = one(svytotal(~enroll, d)), ratio = one(svyratio(~api00, ~api99, d)),
    domain = one(svymean(~api00, subset(d, stype == "H"))),
    domain_share = one(svymean(~won, subset(d, stype == "M"))),
    degrees = degf(d),
    mean_interval = as.numeric(confint(svymean(~api00, d), df = degf(d))),
    logit = as.numeric(confint(svyciprop(~won, d, method = "logit"))),
    beta = as.numeric(confint(svyciprop(~won, d, method = "beta")))
  )
})
tables <- list(strat = "strat", clus = "clus", clus_fpc = "clus_fpc", strat_fpc = "strat_fpc")
v$rao_scott <- lapply(tables, function(n) {
  f <- svychisq(~sch.wide + stype, designs[[n]], statistic = "F")

  list(F = unname(f$statistic), ndf = unname(f$parameter[1]), ddf = unname(f$parameter[2]), p = f$p.value)
})

# Raking and post-stratification
pop_stype <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
pop_wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
for (n in c("srs", "clus")) {
  d <- update(designs[[n]], won = as.numeric(awards == "Yes"))
  r <- rake(d, list(~stype, ~sch.wide), list(pop_stype, pop_wide), control = list(maxit = 100, epsilon = 1e-10, verbose = FALSE))
  p <- postStratify(d, ~stype, pop_stype)
  v$calibrated[[n]] <- list(
    rake_weights = unname(weights(r)), rake_mean = one(svymean(~api00, r)), rake_share = one(svymean(~won, r)),
    rake_domain = one(svymean(~won, subset(r, stype == "E"))),
    post_weights = unname(weights(p)), post_mean = one(svymean(~api00, p)), post_total = one(svytotal(~enroll, p)))
}

# Ordinal logit, Brant test (car::poTest), rank tests
h <- housing
write.csv(h, "donnees/housing.csv", row.names = FALSE, quote = FALSE)
m <- polr(Sat ~ Infl + Type + Cont, weights = Freq, data = h, Hess = TRUE)
long <- h[rep(seq_len(nrow(h)), h$Freq), ]
mlong <- polr(Sat ~ Infl + Type + Cont, data = long, Hess = TRUE)
po <- poTest(mlong)
# Brant's test by glm(). car 3.1-1 stores the block between two thresholds without transposing it on
# the other side of the diagonal, and so gives a slightly different statistic (po_car).
X <- model.matrix(mlong); yy <- as.integer(long$Sat)
b1 <- glm(yy > 1 ~ X - 1, family = binomial, epsilon = 1e-14); b2 <- glm(yy > 2 ~ X - 1, family = binomial, epsilon = 1e-14)
inv <- function(b) solve(t(X * (fitted(b) * (1 - fitted(b)))) %*% X)
V12 <- (inv(b1) %*% (t(X * (fitted(b2) * (1 - fitted(b1)))) %*% X) %*% inv(b2))[-1, -1]
gap <- coef(b1)[-1] - coef(b2)[-1]
brant <- as.numeric(t(gap) %*% solve(inv(b1)[-1, -1] - V12 - t(V12) + inv(b2)[-1, -1]) %*% gap)
newh <- expand.grid(Infl = levels(h$Infl), Type = levels(h$Type), Cont = levels(h$Cont))
pr <- predict(mlong, newh, type = "probs")
v$ordinal <- list(coef = as.list(coef(mlong)), zeta = as.list(mlong$zeta), se = as.list(sqrt(diag(vcov(mlong)))),
                  loglik = as.numeric(logLik(mlong)), po_car = po$chisq, po_chisq = brant, po_df = po$df, po_p = pchisq(brant, po$df, lower.tail = FALSE),
                  p_first = as.numeric(pr[1, ]))
# adjusted (standardised over the sample) share of High by Type
adj <- sapply(levels(h$Type), function(t) { z <- long; z$Type <- factor(t, levels = levels(h$Type)); colMeans(predict(mlong, z, type = "probs")) })
v$ordinal$adjusted_high <- as.list(adj["High", ])
x <- as.integer(long$Sat[long$Cont == "Low"]); y <- as.integer(long$Sat[long$Cont == "High"])
w <- wilcox.test(y, x, correct = FALSE, exact = FALSE)
v$rank <- list(U = unname(w$statistic), p = w$p.value, superiority = unname(w$statistic) / (length(x) * length(y)),
               kruskal = unname(kruskal.test(as.integer(Sat) ~ Type, long)$statistic), kruskal_p = kruskal.test(as.integer(Sat) ~ Type, long)$p.value)

# Standardisation, Mantel–Haenszel: UCB admissions
u <- as.data.frame(UCBAdmissions); write.csv(u, "donnees/ucb.csv", row.names = FALSE, quote = FALSE)
mh <- mantelhaen.test(aperm(UCBAdmissions, c(2, 1, 3)), correct = FALSE)
v$ucb <- list(mh_statistic = unname(mh$statistic), mh_p = mh$p.value, mh_or = unname(mh$estimate))

# Two shares: prop.test, Fisher; composition: chisq.test
pairs <- list(c(159, 213, 96, 141), c(20, 25, 12, 40), c(3, 12, 9, 14), c(60, 60, 55, 58))
v$two <- lapply(pairs, function(q) list(q = q, chisq_p = suppressWarnings(prop.test(q[c(1, 3)], q[c(2, 4)], correct = FALSE)$p.value),
  fisher_p = fisher.test(matrix(c(q[1], q[2] - q[1], q[3], q[4] - q[3]), 2))$p.value))
obs <- c(120, 60, 33); exp <- c(1500, 1000, 500)
g <- chisq.test(obs, p = exp / sum(exp))
v$composition <- list(obs = obs, flow = exp, chisq = unname(g$statistic), p = g$p.value, residuals = as.numeric(g$stdres))
tab <- matrix(c(30, 12, 8, 25, 20, 18), 2, byrow = TRUE)
ct <- chisq.test(tab, correct = FALSE)
v$table <- list(counts = as.numeric(t(tab)), chisq = unname(ct$statistic), p = ct$p.value, residuals = as.numeric(t(ct$stdres)))
pv <- c(0.001, 0.012, 0.03, 0.04, 0.2, 0.6)
v$adjust <- list(p = pv, holm = p.adjust(pv, "holm"), bh = p.adjust(pv, "BH"))
pw <- function(n1, n0, p0, d) { p1 <- p0 + d; pb <- (n1*p1 + n0*p0)/(n1+n0); s0 <- sqrt(pb*(1-pb)*(1/n1+1/n0)); s1 <- sqrt(p1*(1-p1)/n1 + p0*(1-p0)/n0)
  pnorm((d - qnorm(.975)*s0)/s1) + pnorm((-d - qnorm(.975)*s0)/s1) }
v$power <- list(p5 = pw(200, 141, .75, .05), p10 = pw(200, 141, .75, .10), p185 = pw(60, 60, .75, .185), equal = power.prop.test(p1 = .75, p2 = .85, power = .8)$n)

# LMG by all orderings of lm(): five drivers of an invented survey
set.seed(20201116)
n <- 213
latent <- rnorm(n)
qs <- sapply(1:5, function(i) cut(0.2 * i * latent + rnorm(n), c(-Inf, -1.3, -0.5, 0.8, Inf), labels = FALSE))
colnames(qs) <- paste0("q", 1:5)
global <- cut(0.9 * latent + 0.25 * qs[, 5] + 0.15 * qs[, 2] + rnorm(n), c(-Inf, -0.9, 0.0, 1.4, Inf), labels = FALSE)
dd <- data.frame(qs, global = global, motif = sample(c("etrangers", "titres", "autre"), n, TRUE, c(.5, .3, .2)), guichet = sample(1:4, n, TRUE), demi_journee = sample(1:28, n, TRUE))
write.csv(dd, "donnees/enquete.csv", row.names = FALSE, quote = FALSE)
perms <- function(s) if (length(s) < 2) list(s) else do.call(c, lapply(seq_along(s), function(i) lapply(perms(s[-i]), function(p) c(s[i], p))))
r2 <- function(s) if (length(s) == 0) 0 else summary(lm(reformulate(s, "global"), dd))$r.squared
gains <- sapply(perms(colnames(qs)), function(o) { g <- setNames(numeric(5), colnames(qs)); for (i in seq_along(o)) g[o[i]] <- r2(o[1:i]) - r2(o[seq_len(i - 1)]); g })
v$lmg <- list(share = as.list(rowMeans(gains)), r2 = r2(colnames(qs)))
suppressMessages(library(psych))
v$alpha <- suppressWarnings(psych::alpha(dd[, paste0("q", 1:5)])$total$raw_alpha)
# Net score: values +1, 0 and -1; svymean with equal weights divides by n - 1, so times sqrt((n - 1)/n)
sc <- c(rep(1, 120), rep(0, 30), rep(-1, 50))
net <- svymean(~sc, svydesign(~1, weights = ~w, data = data.frame(sc = sc, w = 1)))
v$net <- list(value = as.numeric(coef(net)), half = qnorm(.975) * as.numeric(SE(net)) * sqrt(199 / 200))
# Agreement of two judges (vcd): 25 contacts, three judgements
suppressMessages(library(vcd))
ag <- matrix(c(10, 2, 1, 1, 5, 1, 0, 2, 3), 3, byrow = TRUE)
kp <- Kappa(ag)
v$kappa <- list(counts = as.numeric(t(ag)), kappa = unname(kp$Unweighted["value"]), se = unname(kp$Unweighted["ASE"]))
# Differences of weighted shares: of two surveys (stacked in one design, so that they are independent)
# and of two domains of one; degrees of freedom are clusters less strata.
side <- function(d, camp, strata, id) data.frame(camp = camp, strata = paste0(camp, strata), id = paste0(camp, id), pw = d$pw, won = as.numeric(d$awards == "Yes"))
both <- svydesign(~id, strata = ~strata, weights = ~pw, data = rbind(side(apistrat, "a", apistrat$stype, apistrat$snum), side(apiclus1, "b", "", apiclus1$dnum)))
gap <- function(by, d, last, first) {
  s <- svyby(~won, by, d, svymean, covmat = TRUE)
  g <- svycontrast(s, (names(coef(s)) == last) - (names(coef(s)) == first))
  list(value = unname(coef(g)), se = unname(as.numeric(SE(g))), degrees = degf(d), interval = as.numeric(confint(g, df = degf(d))),
       interval90 = as.numeric(confint(g, level = 0.90, df = degf(d))), p = 2 * pt(-abs(as.numeric(coef(g) / SE(g))), degf(d)))
}
won <- lapply(designs, function(d) update(d, won = as.numeric(awards == "Yes")))
v$change <- list(surveys = gap(~camp, both, "b", "a"), strat = gap(~stype, won$strat, "H", "E"),
  clus = gap(~stype, won$clus, "H", "E"), clus_fpc = gap(~stype, won$clus_fpc, "H", "E"))

# Agreement on ordered judgements: linear (Cicchetti and Allison) and quadratic (Fleiss and Cohen)
og <- matrix(c(9, 3, 1, 0, 2, 12, 4, 1, 0, 3, 10, 2, 0, 1, 2, 7), 4, byrow = TRUE)
v$kappa_ordered <- list(counts = as.numeric(t(og)))
for (w in c("Equal-Spacing", "Fleiss-Cohen")) {
  k <- Kappa(og, weights = w)
  v$kappa_ordered[[w]] <- list(kappa = unname(k$Weighted["value"]), se = unname(k$Weighted["ASE"]))
}

# Trend of shares over campaigns
tr <- list(x = c(96, 104, 159, 171), n = c(141, 150, 213, 220))
v$trend <- c(tr, with(prop.trend.test(tr$x, tr$n), list(chisq = unname(statistic), p = p.value)),
             spaced = prop.trend.test(tr$x, tr$n, c(0, 1, 3, 4))$p.value)

# Calibration: linear, raking, logit and truncated linear, on two margins
data(api)
pop <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, sch.wideYes = 5122)
for (n in c("srs", "clus")) for (m in c("linear", "raking", "logit", "truncated")) {
  d <- won[[n]]
  bounds <- if (n == "srs") c(0.9, 1.9) else c(0.7, 1.7)
  f <- switch(m, linear = calibrate(d, ~stype + sch.wide, pop, calfun = "linear"),
    raking = calibrate(d, ~stype + sch.wide, pop, calfun = "raking", maxit = 200, epsilon = 1e-11),
    logit = calibrate(d, ~stype + sch.wide, pop, calfun = "logit", bounds = bounds, maxit = 500, epsilon = 1e-11),
    truncated = calibrate(d, ~stype + sch.wide, pop, calfun = "linear", bounds = bounds, maxit = 500, epsilon = 1e-11))
  v$calage[[n]][[m]] <- list(bounds = bounds, weights = unname(weights(f)), mean = one(svymean(~api00, f)), share = one(svymean(~won, f)))
}

# Composition: goodness of fit of a clustered sample to known shares (second order of Rao and Scott)
gof <- function(formula, p, d) {
  X <- model.matrix(formula, d$variables); k <- length(p)
  m <- svymean(formula, d); P <- as.numeric(coef(m)) ; N <- nrow(d$variables)
  x2 <- N * sum((P - p)^2 / p)
  # Satterthwaite with the generalised design effects: eigenvalues of (diag(p) - pp')^-1 n V, one level left out
  V <- vcov(m)[-k, -k]; P0 <- (diag(p) - outer(p, p))[-k, -k] / N
  lambda <- Re(eigen(solve(P0) %*% V)$values)
  tr <- mean(lambda); a2 <- mean(lambda^2) / tr^2 - 1
  ndf <- (k - 1) / (1 + a2)
  F <- x2 / (tr * (k - 1)); ddf <- ndf * degf(d)
  list(chisq = x2, mean_effect = tr, F = F, ndf = ndf, ddf = ddf, p = pf(F, ndf, ddf, lower.tail = FALSE), lambda = sort(lambda),
       saddlepoint = pchisqsum(x2, rep(1, k - 1), lambda, lower.tail = FALSE))
}
v$composition_clusters <- list(p = c(E = 0.72, H = 0.11, M = 0.17),
  clus = gof(~stype, c(0.72, 0.11, 0.17), svydesign(~dnum, weights = ~one, data = transform(apiclus1, one = 1))))
sv <- svygofchisq(~stype, p = c(0.72, 0.11, 0.17), svydesign(~dnum, weights = ~one, data = transform(apiclus1, one = 1)))
v$composition_clusters$svygofchisq <- list(chisq = unname(sv$statistic), p = sv$p.value, lambda = sort(Re(sv$lambda)))

# Response rates by half-day: logistic propensities, R-indicator, with its bias removed
log <- data.frame(jour = rep(c("a", "b", "c", "d"), each = 2), moment = rep(c("m", "s"), 4),
  complets = c(30, 18, 25, 22, 33, 12, 28, 20), eligibles = c(42, 35, 40, 36, 47, 33, 41, 38))
pf_ <- glm(cbind(complets, eligibles - complets) ~ jour + moment, binomial, log, epsilon = 1e-14)
pp <- predict(pf_, type = "response", se.fit = TRUE); m <- log$eligibles; M <- sum(m); pb <- sum(m * pp$fit) / M
s2 <- sum(m * (pp$fit - pb)^2) / (M - 1)
v$response <- c(as.list(log), list(fitted = unname(pp$fit), rate = pb, r = 1 - 2 * sqrt(s2), r_adjusted = 1 - 2 * sqrt(max(s2 - sum(m * pp$se.fit^2) / M, 0))))

# Levels other than 95 %
shares <- list(c(159, 213), c(20, 25), c(60, 60))
v$levels <- list(
  wilson = lapply(shares, function(q) as.numeric(prop.test(q[1], q[2], conf.level = 0.90, correct = FALSE)$conf.int)),
  beta = lapply(shares, function(q) as.numeric(binom.test(q[1], q[2], conf.level = 0.99)$conf.int)),
  mean = as.numeric(t.test(dd$q1, conf.level = 0.90)$conf.int),
  survey_mean = as.numeric(confint(svymean(~api00, designs$clus), level = 0.90, df = degf(designs$clus))),
  survey_share = as.numeric(confint(svyciprop(~I(awards == "Yes"), designs$clus, method = "beta", level = 0.90))))
# Answers by half-days (districts here): analysis of variance of a question, and the variance of its
# mean by clusters with CR2, written out with matrices, and Satterthwaite degrees under independence
cl <- factor(apiclus1$dnum); N <- length(cl); m <- table(cl)
for (q in c("awards", "sch.wide")) {
  y <- as.numeric(apiclus1[[q]] == "Yes"); ms <- anova(lm(y ~ cl))[["Mean Sq"]]
  between <- (ms[1] - ms[2]) * (nlevels(cl) - 1) / (N - sum(m^2) / N)
  X <- matrix(1, N, 1); M <- solve(crossprod(X)); H <- X %*% M %*% t(X); e <- y - mean(y)
  P <- matrix(0, N, nlevels(cl)); meat <- 0
  for (g in seq_along(levels(cl))) {
    i <- which(cl == levels(cl)[g]); d <- eigen(diag(length(i)) - H[i, i])
    A <- d$vectors %*% diag(1 / sqrt(d$values), length(i)) %*% t(d$vectors)
    meat <- meat + (t(X[i, , drop = FALSE]) %*% A %*% e[i])^2
    P[, g] <- (diag(N) - H)[, i] %*% A %*% X[i, ] %*% M
  }
  O <- crossprod(P)
  v$half_days[[q]] <- list(between = between, within = ms[2], variance = as.numeric(M %*% meat %*% M),
                           degrees = sum(diag(O))^2 / sum(O^2))
}
writeLines(toJSON(v, digits = 15, auto_unbox = TRUE, pretty = FALSE), "valeurs.json")
