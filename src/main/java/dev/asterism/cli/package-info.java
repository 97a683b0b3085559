/** One command per role or verb: parses arguments and wires objects together, nothing else. */
@NullMarked
package dev.asterism.cli;

import org.jspecify.annotations.NullMarked;
