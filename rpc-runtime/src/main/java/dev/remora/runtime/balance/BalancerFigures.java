package dev.remora.runtime.balance;

/**
 * What a balancer has counted, and how things are; the numbers need not be of one moment.
 *
 * @param picks calls that got a peer
 * @param failedPicks calls that got none
 * @param waiting calls that wait for one
 * @param known peers that the resolver names and the subset takes
 * @param usable of these those that calls go to, on probation or not
 * @param ejected of these those set aside because they failed
 * @param unreachable of these those set aside because they could not be reached
 * @param draining peers that the resolver no longer names, with calls in progress
 * @param ejections how often one was ejected
 * @param resolutions answers of the resolver, good and bad
 * @param failedResolutions of these the bad ones
 */
public record BalancerFigures(
        long picks,
        long failedPicks,
        long waiting,
        long known,
        long usable,
        long ejected,
        long unreachable,
        long draining,
        long ejections,
        long resolutions,
        long failedResolutions) {}
