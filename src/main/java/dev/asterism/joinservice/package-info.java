/** The role that admits nodes: one verified connection, one ticket. */
@NullMarked
package dev.asterism.joinservice;

import org.jspecify.annotations.NullMarked;
