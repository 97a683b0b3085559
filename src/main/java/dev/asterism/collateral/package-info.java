/**
 * Endorsements that vendors serve, fetched so that no join waits for them: a cache in memory and on
 * disk, one request for all who ask, deadlines, back-off; and carried by hand where there is no
 * network.
 */
@NullMarked
package dev.asterism.collateral;

import org.jspecify.annotations.NullMarked;
