#!/usr/bin/env node
import './pulse.cjs'
