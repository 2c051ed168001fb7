package dev.remora.runtime.health;

import dev.remora.runtime.health.v1.ServingStatus;

/**
 * The health of one service.
 *
 * @param version stands for this status: another one comes with every change and every start of a server
 */
record Health(ServingStatus status, long version) {
    /** Of a service that the server does not have. */
    static final Health UNKNOWN = new Health(ServingStatus.SERVICE_UNKNOWN, 1);
}
